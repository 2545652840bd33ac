// Pattern text to tokens (STIX 2.1 §9.2). Keywords are upper case, `true` and `false` lower case;
// whitespace and comments separate tokens and are gone.
import { instantOf } from '../timestamp.ts'
import type { Literal, PatternProblem } from './syntax.ts'

/** `text` is the spelling that the parser compares: `==` reads `=`, and `<>` reads `!=`. */
export type Token = { text: string; offset: number; end: number } & (
  | { kind: 'symbol' | 'keyword' | 'name' | 'end' }
  | { kind: 'literal'; literal: Literal }
)

export type Tokens = { ok: true; tokens: Token[] } | { ok: false; problem: PatternProblem }

const KEYWORDS: ReadonlySet<string> = new Set([
  'AND',
  'EXISTS',
  'FOLLOWEDBY',
  'IN',
  'ISSUBSET',
  'ISSUPERSET',
  'LIKE',
  'MATCHES',
  'NOT',
  'OR',
  'REPEATS',
  'SECONDS',
  'START',
  'STOP',
  'TIMES',
  'WITHIN',
])
const SYMBOL_SYNONYMS: Readonly<Record<string, string>> = { '==': '=', '<>': '!=' }

const GAP = /(?:[\s\u0085]|\/\*[\s\S]*?\*\/|\/\/[^\r\n]*)+/y
const SYMBOL = /==|!=|<>|<=|>=|[=<>[\]():.,*]/y
// A point with digits behind it belongs to the number even where a path was meant.
const NUMBER = /[+-]?(?:\d*\.\d+|0|[1-9]\d*)/y
// Object types may have hyphens. Property names may not, but older patterns have them all the same.
const NAME = /[A-Za-z_][A-Za-z0-9_-]*/y
const QUOTED = /([hbt]?)'([^'\\]*(?:\\['\\][^'\\]*)*)'/y
const HEX = /^(?:[0-9A-Fa-f]{2})*$/
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/

export function tokenize(pattern: string): Tokens {
  const tokens: Token[] = []
  let offset = endOfGap(pattern, 0)
  while (offset < pattern.length) {
    const token = tokenAt(pattern, offset)
    if (token === undefined) return { ok: false, problem: problemAt(pattern, offset) }
    tokens.push(token)
    offset = endOfGap(pattern, token.end)
  }
  tokens.push({ kind: 'end', text: 'the end', offset, end: offset })
  return { ok: true, tokens }
}

function endOfGap(pattern: string, offset: number): number {
  return offset + (matchAt(GAP, pattern, offset)?.[0].length ?? 0)
}

function tokenAt(pattern: string, offset: number): Token | undefined {
  const quoted = matchAt(QUOTED, pattern, offset)
  if (quoted !== undefined) {
    const [text, prefix = '', body = ''] = quoted
    const literal = quotedLiteral(prefix, body)
    return literal && { kind: 'literal', text, offset, end: offset + text.length, literal }
  }
  const name = matchAt(NAME, pattern, offset)?.[0]
  if (name !== undefined) return wordToken(name, offset)
  const number = matchAt(NUMBER, pattern, offset)?.[0]
  if (number !== undefined) {
    const literal: Literal = {
      kind: number.includes('.') ? 'float' : 'integer',
      value: Number(number),
    }
    return { kind: 'literal', text: number, offset, end: offset + number.length, literal }
  }
  const symbol = matchAt(SYMBOL, pattern, offset)?.[0]
  if (symbol === undefined) return undefined
  const text = SYMBOL_SYNONYMS[symbol] ?? symbol
  return { kind: 'symbol', text, offset, end: offset + symbol.length }
}

function quotedLiteral(prefix: string, body: string): Literal | undefined {
  switch (prefix) {
    case 'h':
      return HEX.test(body) ? { kind: 'hex', value: body } : undefined
    case 'b':
      return BASE64.test(body) ? { kind: 'binary', value: body } : undefined
    case 't':
      return instantOf(body) === undefined ? undefined : { kind: 'timestamp', value: body }
    default:
      return { kind: 'string', value: body.replace(/\\(['\\])/g, '$1') }
  }
}

function wordToken(text: string, offset: number): Token {
  const end = offset + text.length
  if (text === 'true' || text === 'false') {
    const literal: Literal = { kind: 'boolean', value: text === 'true' }
    return { kind: 'literal', text, offset, end, literal }
  }
  return { kind: KEYWORDS.has(text) ? 'keyword' : 'name', text, offset, end }
}

function matchAt(expression: RegExp, text: string, offset: number): RegExpExecArray | undefined {
  expression.lastIndex = offset
  return expression.exec(text) ?? undefined
}

function problemAt(pattern: string, offset: number): PatternProblem {
  const isLiteral = /^[hbt]?'/.test(pattern.slice(offset, offset + 2))
  const message = isLiteral
    ? 'a literal that is not closed, or not what its prefix says, or has an unknown escape'
    : `unexpected ${JSON.stringify(String.fromCodePoint(pattern.codePointAt(offset) ?? 0))}`
  return { message, offset }
}
