// `next`: a position in one collection's sequence with the filters it was made under, in a text
// that needs no server state and never expires. It grants nothing: rights come from the request.
import * as z from 'zod'

/** Filter parameters by their query names, e.g. `{ 'match[type]': 'indicator' }`. */
export type FilterTexts = Record<string, string>

export type Cursor = {
  collectionId: string
  /** Everything up to and with this date_added has been seen. */
  positionMs: number
  limit: number
  /** One set for each request whose filters still apply; all of them do. */
  filters: FilterTexts[]
}

/** Far more than fits in a URL: whatever was written can be read again. */
const CURSOR_CHARS_MAX = 65_536

/** The end of the last year that a timestamp can name. */
const POSITION_MS_MAX = Date.UTC(10_000, 0) - 1

/** Different sets of filters that one walk can gather. */
export const FILTER_SETS_MAX = 8

/** `[format, collection, position, limit, filters]`; a new shape gets a new format number. */
const payloadSchema = z.tuple([
  z.literal(1),
  z.uuid(),
  z.int().min(0).max(POSITION_MS_MAX),
  z.int().min(1),
  z.array(z.record(z.string(), z.string())).max(FILTER_SETS_MAX),
])

export function writeCursor({ collectionId, positionMs, limit, filters }: Cursor): string {
  const payload = JSON.stringify([1, collectionId, positionMs, limit, filters])
  return toBase64Url(`${checksum(payload)}${payload}`)
}

/** The cursor, or undefined when the text is not one that this software wrote. */
export function readCursor(text: string): Cursor | undefined {
  if (text.length > CURSOR_CHARS_MAX) return undefined
  const decoded = fromBase64Url(text)
  if (decoded === undefined) return undefined
  const payload = decoded.slice(CHECKSUM_CHARS)
  if (checksum(payload) !== decoded.slice(0, CHECKSUM_CHARS)) return undefined
  const parsed = payloadSchema.safeParse(parseJson(payload))
  if (!parsed.success) return undefined
  const [, collectionId, positionMs, limit, filters] = parsed.data
  return { collectionId, positionMs, limit, filters }
}

const CHECKSUM_CHARS = 7

/** FNV-1a, 32 bits: tells damage from a cursor. It need not withstand forgery. */
function checksum(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  return (hash >>> 0).toString(36).padStart(CHECKSUM_CHARS, '0')
}

/** UTF-8 in base64url: an id in a filter may hold any character. */
function toBase64Url(text: string): string {
  return new TextEncoder().encode(text).toBase64({ alphabet: 'base64url', omitPadding: true })
}

function fromBase64Url(text: string): string | undefined {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: 'base64url' })
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
