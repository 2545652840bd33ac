// The members of one JSON object as the texts they are written in: their values are not parsed, so
// what a value says to the character is kept.
import {
  CLOSE_BRACE,
  COLON,
  COMMA,
  closingQuote,
  OPEN_BRACE,
  QUOTE,
  skipSpace,
} from './json-text.ts'
import { UNFINISHED, ValueScanner } from './value-scanner.ts'

/**
 * Undefined when the text is not framed as an object, or has a name twice. Values are only told
 * apart, not judged: each must still be read as the JSON that it claims to be.
 */
export function memberTexts(text: string): Map<string, string> | undefined {
  const members = new Map<string, string>()
  const opening = skipSpace(text, 0)
  if (text.charCodeAt(opening) !== OPEN_BRACE) return undefined
  const scanner = new ValueScanner()
  let at = skipSpace(text, opening + 1)
  let isEnd = text.charCodeAt(at) === CLOSE_BRACE
  while (!isEnd) {
    const member = memberAt(text, at, scanner)
    if (member === undefined || members.has(member.name)) return undefined
    members.set(member.name, member.value)
    at = skipSpace(text, member.end)
    isEnd = text.charCodeAt(at) === CLOSE_BRACE
    if (!isEnd && text.charCodeAt(at) !== COMMA) return undefined
    if (!isEnd) at = skipSpace(text, at + 1)
  }
  return skipSpace(text, at + 1) === text.length ? members : undefined
}

type Member = { name: string; value: string; end: number }

function memberAt(text: string, at: number, scanner: ValueScanner): Member | undefined {
  if (text.charCodeAt(at) !== QUOTE) return undefined
  const quote = closingQuote(text, at + 1)
  if (quote === -1) return undefined
  const name = parsedString(text.slice(at, quote + 1))
  const colon = skipSpace(text, quote + 1)
  if (name === undefined || text.charCodeAt(colon) !== COLON) return undefined
  const start = skipSpace(text, colon + 1)
  if (!scanner.begin(text.charCodeAt(start))) return undefined
  const end = scanner.advance(text, start + 1)
  return end === UNFINISHED ? undefined : { name, value: text.slice(start, end), end }
}

/** The string that a JSON text is; undefined when it is something else, or no JSON. */
export function parsedString(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}
