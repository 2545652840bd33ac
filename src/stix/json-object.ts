// Reads a JSON object strictly, as I-JSON (RFC 7493) has it: no key twice, no half characters. What
// JSON.parse would pass over in silence is refused here, since the text itself is what is kept.
import { duplicateKey, measureJson } from './json-text.ts'

export type JsonObject = Record<string, unknown>

/** `isJson`: whether a reader less strict than I-JSON asks for could take the text. */
export type ReadJson =
  | { ok: true; value: JsonObject }
  | { ok: false; message: string; isJson: boolean }

/** Deeper objects are refused; no STIX type comes near, and readers recurse. */
export const DEPTH_MAX = 100

// An escape that may be half of a surrogate pair. Only a text that has one needs a closer look.
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/

export function readJsonObject(text: string): ReadJson {
  const value = parsed(text)
  if (value === undefined) return { ok: false, message: 'is not JSON', isJson: false }
  const measure = measureJson(text)
  // Before anything here recurses.
  if (measure.depth > DEPTH_MAX) return refuse(`is nested deeper than ${DEPTH_MAX}`)
  if (!isJsonObject(value)) return refuse('is not a JSON object')
  // JSON.parse keeps one of several equal keys, so fewer are left than the text spells out.
  const twice = countKeys(value) === measure.keys ? undefined : duplicateKey(text)
  if (twice !== undefined) return refuse(`has the key ${JSON.stringify(twice)} twice in one object`)
  const isWhole = text.isWellFormed() && (!SURROGATE_ESCAPE.test(text) || isWellFormed(value))
  return isWhole ? { ok: true, value } : refuse('has half of a surrogate pair')
}

/** Whether a text is JSON, whatever it holds. */
export function isJson(text: string): boolean {
  return parsed(text) !== undefined
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuse(message: string): ReadJson {
  return { ok: false, message, isJson: true }
}

/** Undefined, which JSON cannot spell, when the text is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const members = Object.values(value)
  let keys = Array.isArray(value) ? 0 : members.length
  for (const member of members) keys += countKeys(member)
  return keys
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([key, member]) => key.isWellFormed() && isWellFormed(member))
}
