// Objects on their way into the database: cut into chunks that D1 takes as one bound value, each of
// which becomes one transaction.
import { BATCH_JSON_CHARS_MAX, BATCH_OBJECTS_MAX, OBJECT_ALONE_CHARS } from './limits.ts'

export type NewObject = {
  stixId: string
  type: string
  specVersion: string
  versionKey: string
  version: string | undefined
  lists: string[]
  content: string
}

/** `json` has a row for each object; `loneContent` is the text of one that goes alone. */
export type Chunk<Each extends NewObject> = {
  objects: Each[]
  json: string
  loneContent: string | null
}

/** An outsized object goes alone, bound by itself. */
export function* chunksOf<Each extends NewObject>(
  newObjects: readonly Each[],
): Generator<Chunk<Each>> {
  let objects: Each[] = []
  let rows: string[] = []
  let chars = 0
  const versions = new Set<string>()
  const take = () => {
    const chunk = { objects, json: `[${rows.join(',')}]`, loneContent: null }
    objects = []
    rows = []
    chars = 0
    versions.clear()
    return chunk
  }
  for (const object of newObjects) {
    if (object.content.length > OBJECT_ALONE_CHARS) {
      if (objects.length > 0) yield take()
      yield { objects: [object], json: `[${rowOf(object, '')}]`, loneContent: object.content }
      continue
    }
    const row = rowOf(object, object.content)
    const version = `${object.stixId} ${object.specVersion} ${object.versionKey}`
    const isFull = chars + row.length > BATCH_JSON_CHARS_MAX || objects.length >= BATCH_OBJECTS_MAX
    // A second copy of a version waits for the next chunk, where the first is already stored.
    if (objects.length > 0 && (isFull || versions.has(version))) yield take()
    objects.push(object)
    rows.push(row)
    versions.add(version)
    chars += row.length + 1
  }
  if (objects.length > 0) yield take()
}

function rowOf(object: NewObject, content: string): string {
  return JSON.stringify([
    object.stixId,
    object.type,
    object.specVersion,
    object.versionKey,
    object.version ?? null,
    JSON.stringify(object.lists),
    content,
  ])
}
