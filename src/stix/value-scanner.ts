// Finds where one JSON value ends, in a text that comes in chunks. Brackets must pair; whatever else
// stands inside the value is passed over, strings at the speed of a search for their closing quote.
import { closingQuote, isClosing, isEscaped, isOpening, isSpace, QUOTE } from './json-text.ts'

/** Deeper nesting is a fault. An object that could be so deep is too large to be stored anyway. */
export const NESTING_MAX = 2_000_000
const NESTING_EXPECTED = 512

export type Fault = { at: number; message: string }

/** The chunk was used up before the value ended. */
export const UNFINISHED = -1

const SCALAR_START = /[-0-9tfn]/
const SCALAR_END = /[,:"[\]{}]/

export class ValueScanner {
  /** Of what is open, the outermost first. */
  #closers = new Uint8Array(NESTING_EXPECTED)
  #depth = 0
  #isInString = false
  #isNextEscaped = false
  #fault: Fault | undefined

  /** Why the last `advance` found no end although the chunk went on. */
  get fault(): Fault | undefined {
    return this.#fault
  }

  /** Starts a value at its first character; false when no value can start with it. */
  begin(code: number): boolean {
    this.#depth = 0
    this.#isInString = code === QUOTE
    this.#isNextEscaped = false
    if (isOpening(code)) this.#open(code)
    return this.#isInString || this.#depth === 1 || SCALAR_START.test(String.fromCharCode(code))
  }

  /**
   * Goes on from `at`, behind the value's first character. Gives the index behind its last one, or
   * UNFINISHED: then either there is a fault, or the next call goes on at the start of a new chunk.
   */
  advance(chunk: string, at: number): number {
    let from = at
    if (this.#isInString) {
      from = this.#advanceString(chunk, at)
      if (from === UNFINISHED || this.#depth === 0) return from
    }
    return this.#depth === 0 ? scalarEnd(chunk, from) : this.#advanceNested(chunk, from)
  }

  #advanceNested(chunk: string, from: number): number {
    for (let at = from; at < chunk.length; at += 1) {
      const code = chunk.charCodeAt(at)
      if (code === QUOTE) {
        at = this.#advanceString(chunk, at + 1) - 1
        if (this.#isInString) return UNFINISHED
      } else if (isOpening(code)) {
        if (this.#depth === NESTING_MAX) return this.#stop(at, `nested deeper than ${NESTING_MAX}`)
        this.#open(code)
      } else if (isClosing(code)) {
        this.#depth -= 1
        if (this.#closers[this.#depth] !== code) return this.#stop(at, 'brackets do not pair')
        if (this.#depth === 0) return at + 1
      }
    }
    return UNFINISHED
  }

  #advanceString(chunk: string, at: number): number {
    const from = this.#isNextEscaped ? at + 1 : at
    const quote = closingQuote(chunk, from)
    this.#isInString = quote === -1
    this.#isNextEscaped = this.#isInString && isEscaped(chunk, from, chunk.length)
    return this.#isInString ? UNFINISHED : quote + 1
  }

  #open(code: number): void {
    if (this.#depth === this.#closers.length) this.#closers = doubled(this.#closers)
    this.#closers[this.#depth] = code + 2
    this.#depth += 1
  }

  #stop(at: number, message: string): number {
    this.#fault = { at, message }
    return UNFINISHED
  }
}

function doubled(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2)
  larger.set(bytes)
  return larger
}

function scalarEnd(chunk: string, from: number): number {
  for (let at = from; at < chunk.length; at += 1) {
    const code = chunk.charCodeAt(at)
    if (isSpace(code) || SCALAR_END.test(String.fromCharCode(code))) return at
  }
  return UNFINISHED
}
