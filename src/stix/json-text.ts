// What can be learnt of a JSON text by one pass over its characters. Strings are jumped over, so
// the cost is that of the punctuation; nothing here judges whether the text is JSON.

export const QUOTE = 0x22
export const COMMA = 0x2c
export const COLON = 0x3a
export const OPEN_BRACKET = 0x5b
export const CLOSE_BRACKET = 0x5d
export const OPEN_BRACE = 0x7b
export const CLOSE_BRACE = 0x7d
const SPACE = 0x20
const BACKSLASH = 0x5c

export type JsonMeasure = {
  /** How deep objects and arrays are nested; 0 for a scalar. */
  depth: number
  /** Colons outside strings: in a JSON text, the number of keys it spells out. */
  keys: number
}

export function measureJson(text: string): JsonMeasure {
  let depth = 0
  let depthNow = 0
  let keys = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = closingQuote(text, at + 1)
      if (at === -1) break
    } else if (code === COLON) {
      keys += 1
    } else if (isOpening(code)) {
      depthNow += 1
      if (depthNow > depth) depth = depthNow
    } else if (isClosing(code)) {
      depthNow -= 1
    }
  }
  return { depth, keys }
}

/** The first key that an object of this JSON text has twice, or undefined. Escapes are undone. */
export function duplicateKey(text: string): string | undefined {
  const seen: Set<string>[] = []
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (isOpening(code)) seen.push(new Set())
    if (isClosing(code)) seen.pop()
    if (code !== QUOTE) continue
    const start = at
    at = closingQuote(text, at + 1)
    if (at === -1) break
    if (text.charCodeAt(skipSpace(text, at + 1)) !== COLON) continue
    const key: string = JSON.parse(text.slice(start, at + 1))
    if (seen.at(-1)?.has(key)) return key
    seen.at(-1)?.add(key)
  }
  return undefined
}

/** Where the string that is open at `from` has its closing quote; -1 when the text ends first. */
export function closingQuote(text: string, from: number): number {
  let quote = text.indexOf('"', from)
  while (quote !== -1 && isEscaped(text, from, quote)) quote = text.indexOf('"', quote + 1)
  return quote
}

/** Whether the character at `at` follows an odd run of backslashes that begins at or after `from`. */
export function isEscaped(text: string, from: number, at: number): boolean {
  let run = at
  while (run > from && text.charCodeAt(run - 1) === BACKSLASH) run -= 1
  return (at - run) % 2 === 1
}

/** `{` or `[`: they differ in one bit. */
export function isOpening(code: number): boolean {
  return (code | 0x20) === OPEN_BRACE
}

/** `}` or `]`: each is two more than the bracket it closes. */
export function isClosing(code: number): boolean {
  return (code | 0x20) === CLOSE_BRACE
}

/** The four characters that JSON calls whitespace (RFC 8259 §2). */
export function isSpace(code: number): boolean {
  return code === SPACE || (code >= 0x09 && code <= 0x0d && code !== 0x0b && code !== 0x0c)
}

export function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1
  return at
}

/** U+FEFF at the start of a text, or its three UTF-8 bytes when each was decoded on its own. */
export function isByteOrderMark(code: number, offset: number): boolean {
  if (offset === 0) return code === 0xfeff || code === 0xef
  return (offset === 1 && code === 0xbb) || (offset === 2 && code === 0xbf)
}
