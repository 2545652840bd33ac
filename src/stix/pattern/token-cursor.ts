// A place in a list of tokens. The parser never goes back, so the first failure is the one to tell.
import type { Literal, PatternProblem } from './syntax.ts'
import type { Token } from './tokenize.ts'

export class TokenCursor {
  readonly #tokens: readonly Token[]
  #at = 0
  #parentheses = 0
  #problem: PatternProblem | undefined

  /** The last token is of kind `end`. */
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get problem(): PatternProblem {
    return this.#problem ?? { message: 'not a pattern', offset: this.#token?.offset ?? 0 }
  }

  isAt(text: string): boolean {
    return this.#token?.text === text
  }

  /** Passes the token if it is this one. */
  take(text: string): boolean {
    return this.takeAny([text]) !== undefined
  }

  takeAny<Text extends string>(texts: readonly Text[]): Text | undefined {
    const text = texts.find((candidate) => this.isAt(candidate))
    if (text !== undefined) this.#at += 1
    return text
  }

  /** A name, or a string in the place of one. */
  takeName(isFit: (name: string) => boolean = () => true): string | undefined {
    const name = this.#token && nameOf(this.#token)
    if (name === undefined || !isFit(name)) return undefined
    this.#at += 1
    return name
  }

  takeLiteral(
    kinds: readonly Literal['kind'][],
    isFit: (literal: Literal) => boolean = () => true,
  ): Literal | undefined {
    const token = this.#token
    if (token?.kind !== 'literal' || !kinds.includes(token.literal.kind)) return undefined
    if (!isFit(token.literal)) return undefined
    this.#at += 1
    return token.literal
  }

  takeEnd(): boolean {
    if (this.#token?.kind === 'end') return true
    this.fail('expected the end')
    return false
  }

  expect(text: string): boolean {
    if (this.take(text)) return true
    this.fail(`expected ${text}`)
    return false
  }

  /** Goes one pair of parentheses deeper; false when that is too deep. */
  enter(parenthesesMax: number): boolean {
    this.#parentheses += 1
    if (this.#parentheses <= parenthesesMax) return true
    this.fail(`more than ${parenthesesMax} nested parentheses`)
    return false
  }

  leave(): void {
    this.#parentheses -= 1
  }

  /** Says what is wrong at the token at hand, unless something was wrong before. */
  fail(message: string): undefined {
    const token = this.#token
    this.#problem ??= {
      message: `${message}, found ${shortened(token?.text ?? '')}`,
      offset: token?.offset ?? 0,
    }
    return undefined
  }

  get #token(): Token | undefined {
    return this.#tokens[this.#at]
  }
}

function nameOf(token: Token): string | undefined {
  if (token.kind === 'name') return token.text
  if (token.kind !== 'literal') return undefined
  return token.literal.kind === 'string' ? token.literal.value : undefined
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}
