// The objects of an import, cut out of chunks of bytes. In NDJSON a line that is not JSON costs that
// line only; anywhere else a problem ends the input, since nobody knows where it would go on.
import type { Buffer } from 'node:buffer'
import {
  ObjectSlicer,
  type ResumePoint,
  type Slice,
  type SliceEnd,
} from '../../../src/stix/slice.ts'

/** `broken`: a line, with its first characters. Texts are latin1: one character is one byte. */
export type FoundObject = Slice | (ResumePoint & { kind: 'broken'; head: string; message: string })

export type ObjectBounds = { objectBytes: number; resume?: ResumePoint }

const HEAD_CHARS = 1_000

/** Where lines are the rule, a value that runs on for longer began in a broken one. */
const RUN_ON_CHARS_MAX = 1_000_000
const RUN_ON = 'it does not end in its line'

/** Gives what each chunk completes, in order; returns how the input ended. */
export async function* readObjects(
  chunks: AsyncIterable<Buffer>,
  bounds: ObjectBounds,
): AsyncGenerator<FoundObject[], SliceEnd> {
  const reader = new ObjectReader(bounds)
  for await (const chunk of chunks) {
    yield reader.push(chunk.toString('latin1'))
    if (reader.hasEnded) break
  }
  yield reader.finish()
  return reader.end()
}

class ObjectReader {
  readonly #bounds: ObjectBounds
  #slicer: ObjectSlicer
  /** What follows the last object found: where a broken line would begin. */
  #rest = ''
  #restOffset: number
  /** Until something shows otherwise, and once an object stood in a line of its own. */
  #hasLines: boolean
  #mayHaveLines = true
  /** A broken line and what followed it were taken for one object. */
  #hasRunOn = false

  constructor(bounds: ObjectBounds) {
    const { offset = 0, mode = 'top' } = bounds.resume ?? {}
    this.#bounds = bounds
    this.#slicer = this.#slicerFrom(bounds.resume)
    this.#restOffset = offset
    this.#hasLines = mode === 'top' && offset > 0
  }

  get hasEnded(): boolean {
    return this.#slicer.problem !== undefined && !this.#isLines
  }

  push(text: string): FoundObject[] {
    const found: FoundObject[] = this.#slice(text)
    return [...found, ...this.#passBroken(false)]
  }

  /** The last line need not end in a line break. */
  finish(): FoundObject[] {
    return this.#passBroken(true)
  }

  end(): SliceEnd {
    return this.#slicer.end()
  }

  get #isLines(): boolean {
    return this.#hasLines && this.#mayHaveLines
  }

  #slicerFrom(resume: ResumePoint | undefined): ObjectSlicer {
    const { objectBytes: maxObjectChars } = this.#bounds
    return new ObjectSlicer({ maxObjectChars, ...(resume !== undefined && { resume }) })
  }

  #slice(text: string): Slice[] {
    this.#rest += text
    const slices = this.#slicer.problem === undefined ? this.#slicer.push(text) : []
    const sound = slices.slice(0, this.#soundCount(slices))
    const last = sound.at(-1)
    if (last !== undefined) this.#dropUntil(last.offset)
    if (!this.#mayHaveLines) this.#rest = ''
    return sound
  }

  /** How many come before one that is no JSON and spans lines although lines are the rule. */
  #soundCount(slices: readonly Slice[]): number {
    if (!this.#mayHaveLines) return slices.length
    let from = 0
    for (const [index, { mode, offset }] of slices.entries()) {
      const end = offset - this.#restOffset
      const text = this.#rest.slice(from, end).trim()
      if (mode !== 'top') this.#mayHaveLines = false
      else if (!text.includes('\n')) this.#hasLines = true
      else if (this.#hasLines && !isJson(text)) this.#hasRunOn = true
      else this.#mayHaveLines = false
      if (this.#hasRunOn) return index
      if (!this.#mayHaveLines) return slices.length
      from = end
    }
    return slices.length
  }

  #dropUntil(offset: number): void {
    this.#rest = this.#rest.slice(offset - this.#restOffset)
    this.#restOffset = offset
  }

  #passBroken(isAtEnd: boolean): FoundObject[] {
    const found: FoundObject[] = []
    while (this.#isLines) {
      const message = this.#problem(isAtEnd)
      const line = message === undefined ? undefined : this.#firstLine(isAtEnd)
      if (line === undefined) return found
      const offset = this.#restOffset + line.end
      found.push({
        kind: 'broken',
        head: line.text.slice(0, HEAD_CHARS),
        message: `the line is not JSON: ${message}`,
        mode: 'top',
        offset,
      })
      found.push(...this.#goOnAt(offset))
    }
    return found
  }

  #goOnAt(offset: number): Slice[] {
    this.#dropUntil(offset)
    const following = this.#rest
    this.#rest = ''
    this.#hasRunOn = false
    this.#slicer = this.#slicerFrom({ mode: 'top', offset })
    return this.#slice(following)
  }

  #problem(isAtEnd: boolean): string | undefined {
    if (this.#hasRunOn) return RUN_ON
    if (this.#slicer.problem !== undefined) return this.#slicer.problem.message
    if (isAtEnd) return problemOf(this.#slicer.end())
    const lineBreak = this.#rest.length > RUN_ON_CHARS_MAX ? this.#firstLine(false) : undefined
    return lineBreak && RUN_ON
  }

  /** The first line that holds something; `end` is behind it. Undefined when its end is not there. */
  #firstLine(isAtEnd: boolean): { text: string; end: number } | undefined {
    const start = this.#rest.search(/\S/)
    if (start < 0) return undefined
    const lineBreak = this.#rest.indexOf('\n', start)
    if (lineBreak < 0 && !isAtEnd) return undefined
    const end = lineBreak < 0 ? this.#rest.length : lineBreak
    return { text: this.#rest.slice(start, end), end }
  }
}

function problemOf(end: SliceEnd): string | undefined {
  return end.ok ? undefined : end.problem.message
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
