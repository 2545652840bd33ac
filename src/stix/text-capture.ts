// A stretch of text that may begin in one chunk and end in another. What outgrows its bound is
// counted but no longer held, but for its head.

/** Enough of an oversized text to read its `type` and `id` from, if they come first. */
export const HEAD_CHARS = 1_000

export type Captured =
  | { kind: 'text'; text: string }
  | { kind: 'oversized'; head: string; chars: number }

const NOT_BEGUN = -1

export class TextCapture {
  readonly #charsMax: number
  #start = NOT_BEGUN
  #pieces: string[] = []
  #pieceChars = 0

  constructor(charsMax: number) {
    this.#charsMax = charsMax
  }

  begin(at: number): void {
    this.#start = at
    this.#pieces = []
    this.#pieceChars = 0
  }

  drop(): void {
    this.begin(NOT_BEGUN)
  }

  /** Keeps what the chunk has of the text; the rest is at the start of the next chunk. */
  suspend(chunk: string): void {
    if (this.#start === NOT_BEGUN) return
    const isOversized = this.#pieceChars > this.#charsMax
    if (!isOversized) this.#pieces.push(chunk.slice(this.#start))
    this.#pieceChars += chunk.length - this.#start
    this.#start = 0
    if (!isOversized && this.#pieceChars > this.#charsMax) this.#pieces = [this.#head()]
  }

  take(chunk: string, end: number): Captured {
    const chars = this.#pieceChars + end - this.#start
    const last = chunk.slice(this.#start, end)
    if (this.#pieces.length === 0) this.#pieces = [last]
    else if (this.#pieceChars <= this.#charsMax) this.#pieces.push(last)
    const captured: Captured =
      chars > this.#charsMax
        ? { kind: 'oversized', head: this.#head(), chars }
        : { kind: 'text', text: this.#pieces.length === 1 ? last : this.#pieces.join('') }
    this.drop()
    return captured
  }

  #head(): string {
    return this.#pieces.join('').slice(0, HEAD_CHARS)
  }
}
