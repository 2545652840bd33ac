// Objects on their way into the database: cut into chunks, each of which becomes one transaction.
// What is known of the objects travels as one JSON text, their own texts as another value, one after
// the other: within JSON they would be escaped and parsed again for every object.
import { Buffer } from 'node:buffer'
import { BATCH_JSON_CHARS_MAX, BATCH_OBJECTS_MAX, BATCH_TEXT_BYTES_MAX } from './limits.ts'

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

/** `json` has a row for each object, which says where in `texts` its own is. */
export type Chunk<Each extends NewObject> = {
  objects: Each[]
  json: string
  texts: string
  /** By object: its place in the bytes of `texts`, from 1 as SQL counts, and how many they are. */
  spans: Span[]
}

export type Span = [start: number, bytes: number]

/**
 * In the order given. A second copy of a version waits for the next chunk, where the first is
 * stored, unless it is known that all are.
 */
export function* chunksOf<Each extends NewObject>(
  newObjects: readonly Each[],
  { areStored = false } = {},
): Generator<Chunk<Each>> {
  let builder = new ChunkBuilder<Each>()
  for (const object of newObjects) {
    const bytes = Buffer.byteLength(object.content)
    const isCopy = !areStored && builder.holdsVersionOf(object)
    if (!isCopy && builder.add(object, bytes)) continue
    yield builder.take()
    builder = new ChunkBuilder()
    builder.add(object, bytes)
  }
  if (!builder.isEmpty) yield builder.take()
}

class ChunkBuilder<Each extends NewObject> {
  readonly #objects: Each[] = []
  readonly #rows: string[] = []
  readonly #spans: Span[] = []
  readonly #versions = new Set<string>()
  #rowChars = 0
  #textBytes = 0

  get isEmpty(): boolean {
    return this.#objects.length === 0
  }

  holdsVersionOf(object: Each): boolean {
    return this.#versions.has(versionOf(object))
  }

  /** False when there is no room; one object alone always has some, since a row of D1 takes it. */
  add(object: Each, bytes: number): boolean {
    const span: Span = [this.#textBytes + 1, bytes]
    const row = rowOf(object, span)
    if (!this.isEmpty && !this.#hasRoomFor(row, bytes)) return false
    this.#objects.push(object)
    this.#rows.push(row)
    this.#spans.push(span)
    this.#versions.add(versionOf(object))
    this.#rowChars += row.length + 1
    this.#textBytes += bytes
    return true
  }

  #hasRoomFor(row: string, bytes: number): boolean {
    return (
      this.#objects.length < BATCH_OBJECTS_MAX &&
      this.#textBytes + bytes <= BATCH_TEXT_BYTES_MAX &&
      this.#rowChars + row.length <= BATCH_JSON_CHARS_MAX
    )
  }

  take(): Chunk<Each> {
    const texts = this.#objects.map(({ content }) => content).join('')
    return { objects: this.#objects, json: `[${this.#rows.join(',')}]`, texts, spans: this.#spans }
  }
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

function rowOf(object: NewObject, span: Span): string {
  return JSON.stringify([
    object.stixId,
    object.type,
    object.specVersion,
    object.versionKey,
    object.version ?? null,
    JSON.stringify(object.lists),
    object.furtherLists.length === 0 ? null : JSON.stringify(object.furtherLists),
    ...span,
  ])
}
