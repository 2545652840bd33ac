// Chunks of bytes into requests' worth of objects. Texts are cut out and carried as they are; no
// object is parsed here. Bytes travel as latin1 strings, one character a byte.
import { Buffer, isUtf8 } from 'node:buffer'
import type { ResumePoint } from '../../../src/stix/slice.ts'
import { systemProblem } from '../../failure.ts'
import type { RefusedObject } from '../resources.ts'
import { type FoundObject, readObjects } from './objects.ts'

export type Batch = {
  /** As latin1: one character is one byte of UTF-8. */
  texts: string[]
  /** The request that carries all texts. */
  body: Uint8Array<ArrayBuffer>
  /** Where each text stands in the file, from 0. */
  positions: number[]
  /** Objects that cannot even be sent. */
  unsendable: RefusedObject[]
  /** Behind the last object of the batch. */
  resume: ResumePoint
}

export type BatchBounds = { objects: number; bytes: number; objectBytes: number }

/** The server takes 10,000,000 bytes unless its operator chose otherwise. */
export const DEFAULT_BOUNDS: BatchBounds = {
  objects: 5_000,
  bytes: 4_000_000,
  objectBytes: 8_000_000,
}

/** Why the input ended before its end; undefined when it was whole. */
export type InputProblem = string | undefined

export type BatchStart = { resume?: ResumePoint; position: number }

/** Gives batches in order; returns what was wrong with the input, after all objects before it. */
export async function* readBatches(
  chunks: AsyncIterable<Buffer>,
  start: BatchStart,
  bounds: BatchBounds = DEFAULT_BOUNDS,
): AsyncGenerator<Batch, InputProblem> {
  const objects = readObjects(chunks, {
    objectBytes: bounds.objectBytes,
    ...(start.resume !== undefined && { resume: start.resume }),
  })
  const builder = new BatchBuilder(bounds, start.position)
  let problem: InputProblem
  try {
    let next = await objects.next()
    for (; !next.done; next = await objects.next()) {
      for (const found of next.value) {
        if (!builder.hasRoomFor(found)) yield builder.take()
        builder.add(found)
      }
    }
    if (!next.value.ok) {
      problem = `${next.value.problem.message}, at byte ${next.value.problem.offset}`
    }
  } catch (error) {
    problem = readingProblem(error)
  }
  if (!builder.isEmpty) yield builder.take()
  return problem
}

/** The body that carries texts to the server: a TAXII envelope. */
export function envelopeOf(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  return Buffer.from(`{"objects":[${texts.join(',')}]}`, 'latin1')
}

class BatchBuilder {
  readonly #bounds: BatchBounds
  #position: number
  #bytes = 0
  #texts: string[] = []
  #positions: number[] = []
  #unsendable: RefusedObject[] = []
  #resume: ResumePoint | undefined

  constructor(bounds: BatchBounds, position: number) {
    this.#bounds = bounds
    this.#position = position
  }

  get isEmpty(): boolean {
    return this.#resume === undefined
  }

  hasRoomFor(found: FoundObject): boolean {
    if (this.isEmpty) return true
    if (this.#texts.length + this.#unsendable.length >= this.#bounds.objects) return false
    return found.kind !== 'text' || this.#bytes + found.text.length <= this.#bounds.bytes
  }

  add(found: FoundObject): void {
    if (found.kind === 'text') {
      this.#texts.push(found.text)
      this.#positions.push(this.#position)
      this.#bytes += found.text.length
    } else {
      const tooLarge = `the object is larger than ${this.#bounds.objectBytes} bytes`
      const message = found.kind === 'broken' ? found.message : tooLarge
      this.#unsendable.push(unsendable(this.#position, found.head, message))
    }
    this.#position += 1
    this.#resume = { mode: found.mode, offset: found.offset }
  }

  take(): Batch {
    const batch = {
      texts: this.#texts,
      body: envelopeOf(this.#texts),
      positions: this.#positions,
      unsendable: this.#unsendable,
      resume: this.#resume ?? { mode: 'top' as const, offset: 0 },
    }
    this.#bytes = 0
    this.#texts = []
    this.#positions = []
    this.#unsendable = []
    this.#resume = undefined
    return withoutBrokenText(batch)
  }
}

/** One object that is not UTF-8 would have the server refuse the whole request. */
function withoutBrokenText(batch: Batch): Batch {
  if (isUtf8(batch.body)) return batch
  const sound: Batch = { ...batch, texts: [], positions: [], unsendable: [...batch.unsendable] }
  for (const [at, text] of batch.texts.entries()) {
    const position = batch.positions[at] ?? 0
    if (isUtf8(Buffer.from(text, 'latin1'))) {
      sound.texts.push(text)
      sound.positions.push(position)
    } else {
      sound.unsendable.push(unsendable(position, text, 'the object is not UTF-8 text'))
    }
  }
  return { ...sound, body: envelopeOf(sound.texts) }
}

function unsendable(index: number, text: string, message: string): RefusedObject {
  const [, id = ''] = /"id"\s*:\s*"([^"\\]{1,300})"/.exec(text) ?? []
  return { index, id: Buffer.from(id, 'latin1').toString('utf8'), version: null, message }
}

function readingProblem(error: unknown): string {
  const problem = systemProblem(error)
  if (problem?.startsWith('Z_')) return 'its gzip data is damaged or cut short'
  if (problem !== undefined) return problem
  throw error
}
