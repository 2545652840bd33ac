// STIX identifiers (§2.9): `type--UUID`. The text is the identity; nothing is normalised.

export type Identifier = { type: string; uuid: string }

const TYPE_CHARS_MIN = 3
const TYPE_CHARS_MAX = 250
const UUID_CHARS = 36
const TYPE = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
// Any version that RFC 4122 or its successor RFC 9562 defines, in either case. The variant is not
// looked at: published content has ids made from digests whose variant bits were left as they fell.
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The parts of `type--UUID`, or undefined when the text is no STIX identifier. */
export function parseIdentifier(text: string): Identifier | undefined {
  const uuidStart = text.length - UUID_CHARS
  const type = text.slice(0, Math.max(0, uuidStart - 2))
  const uuid = text.slice(uuidStart)
  const isWhole = text.startsWith('--', uuidStart - 2) && isTypeName(type) && UUID.test(uuid)
  return isWhole ? { type, uuid } : undefined
}

/**
 * Whether a text may name a type of object (§3.1, §11.2): 3 to 250 of `a-z`, `0-9` and single
 * hyphens. A hyphen at either end is refused too, since it would run into the `--` of an id.
 */
export function isTypeName(text: string): boolean {
  return text.length >= TYPE_CHARS_MIN && text.length <= TYPE_CHARS_MAX && TYPE.test(text)
}
