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
  readonly #heldCharsMax: number
  #start = NOT_BEGUN
  #pieces: string[] = []
  /** Length of what earlier chunks had of the text, held or not. */
  #pieceChars = 0

  constructor(charsMax: number) {
    this.#charsMax = charsMax
    this.#heldCharsMax = Math.max(charsMax, HEAD_CHARS)
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
    this.#hold(chunk.slice(this.#start))
    this.#start = 0
  }

  take(chunk: string, end: number): Captured {
    this.#hold(chunk.slice(this.#start, end))
    const chars = this.#pieceChars
    const text = this.#pieces.length === 1 ? (this.#pieces[0] ?? '') : this.#pieces.join('')
    this.drop()
    if (chars <= this.#charsMax) return { kind: 'text', text }
    return { kind: 'oversized', head: text.slice(0, HEAD_CHARS), chars }
  }

  #hold(piece: string): void {
    const isHeld = this.#pieceChars <= this.#heldCharsMax
    this.#pieceChars += piece.length
    if (!isHeld) return
    this.#pieces.push(piece)
    if (this.#pieceChars > this.#heldCharsMax) {
      this.#pieces = [this.#pieces.join('').slice(0, HEAD_CHARS)]
    }
  }
}
