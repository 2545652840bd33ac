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
  furtherLists: string[]
  content: string
}

/** `json` has a row for each object; `loneContent` is the text of one that goes alone. */
export type Chunk<Each extends NewObject> = {
  objects: Each[]
  json: string
  loneContent: string | null
}

/**
 * In the order given. An outsized object goes alone, bound by itself; a second copy of a version
 * waits for the next chunk, where the first is stored, unless it is known that all are.
 */
export function* chunksOf<Each extends NewObject>(
  newObjects: readonly Each[],
  { areStored = false } = {},
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
    const isFull = chars + row.length > BATCH_JSON_CHARS_MAX || objects.length >= BATCH_OBJECTS_MAX
    const isCopy = !areStored && versions.has(versionOf(object))
    if (objects.length > 0 && (isFull || isCopy)) yield take()
    objects.push(object)
    rows.push(row)
    versions.add(versionOf(object))
    chars += row.length + 1
  }
  if (objects.length > 0) yield take()
}

/** Chunks of the first copies of each version; then, when these are stored, of all further copies. */
export function* chunksWithCopiesLast<Each extends NewObject>(
  newObjects: readonly Each[],
): Generator<Chunk<Each>> {
  const versions = new Set<string>()
  const firsts: Each[] = []
  const copies: Each[] = []
  for (const object of newObjects) {
    const version = versionOf(object)
    ;(versions.has(version) ? copies : firsts).push(object)
    versions.add(version)
  }
  yield* chunksOf(firsts)
  yield* chunksOf(copies, { areStored: true })
}

function versionOf({ stixId, specVersion, versionKey }: NewObject): string {
  return `${stixId} ${specVersion} ${versionKey}`
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
    object.furtherLists.length === 0 ? null : JSON.stringify(object.furtherLists),
  ])
}
