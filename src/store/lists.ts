// The lists an object version stands in. Every page is a range of one list, or a merge of several,
// so a filter that has a list costs what an unfiltered page costs.
import { isJsonObject } from '../stix/json-object.ts'
import type { StixObject } from '../stix/object.ts'
import type { Comparison } from '../stix/pattern/syntax.ts'
import { hashAlgorithms, hashProperties, isObservableType, isStixType } from '../stix/vocabulary.ts'

/** Everything in the collection. */
export const WHOLE = '*'

/** Objects that a reader must be able to get however old they are: other objects name them. */
export const EXEMPT_TYPES = ['identity', 'marking-definition']

/** What look-back does not hide. */
export const EXEMPT_FROM_LOOK_BACK = EXEMPT_TYPES.map(typeList)

/** Objects of exactly this STIX type. */
export function typeList(type: string): string {
  return `type:${type}`
}

/** All versions of one object. */
export function idList(stixId: string): string {
  return `id:${stixId}`
}

/**
 * What `match[type]` finds: objects of the type, and indicators whose pattern is about it. Types
 * that no pattern can be about have no list of their own kind; their type list is the same set.
 */
export function matchTypeList(type: string): string {
  return canBeSubject(type) ? `match:${type}` : typeList(type)
}

/** Versions with `revoked: true`. */
export const REVOKED = 'revoked:true'

/** Objects with this `value`, and indicators whose pattern compares something to it. */
export function valueList(value: string): string {
  return `value:${shortened(value)}`
}

/** The same of a hash; hexadecimal digits are the same in either case. */
export function hashList(algorithm: string, hash: string): string {
  return `hash:${algorithm}:${shortened(hash.toLowerCase())}`
}

const VALUE_CHARS_MAX = 120

/** A long value is named by its beginning and a hash of the whole, to keep the index narrow. */
function shortened(value: string): string {
  if (value.length <= VALUE_CHARS_MAX) return value
  let hash = 0n
  for (let i = 0; i < value.length; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(value.charCodeAt(i))) * 0x100000001b3n)
  }
  return `${value.slice(0, VALUE_CHARS_MAX)}#${hash.toString(36)}`
}

export type Listed = Pick<StixObject, 'id' | 'type' | 'subtypes' | 'comparisons' | 'value'>

/**
 * `lists` are those in which the version has entries. It belongs to `furtherLists` as well, but has
 * one entry for all of a kind, in their overflow.
 */
export type Listing = { lists: string[]; furtherLists: string[] }

export function listsOf(object: Listed): Listing {
  const { id, type, subtypes, value } = object
  const always = new Set([
    WHOLE,
    idList(id),
    typeList(type),
    ...[type, ...subtypes].map(matchTypeList),
    ...(value.revoked === true ? [REVOKED] : []),
  ])
  const observed = [...new Set(observedLists(object))]
  const room = LISTS_MAX - always.size
  if (observed.length <= room) return { lists: [...always, ...observed], furtherLists: [] }
  const furtherLists = observed.slice(room - OVERFLOWING.length)
  const overflows = new Set(furtherLists.flatMap(overflowOf))
  const entered = observed.slice(0, room - OVERFLOWING.length)
  return { lists: [...always, ...entered, ...overflows], furtherLists }
}

/** An object in more lists than this would cost more to store than to find. */
const LISTS_MAX = 200

/** Kinds of lists of which an object may have more than it can have entries. */
const OVERFLOWING = ['value', 'hash']

/**
 * Where the objects are that may belong to the list without an entry in it: whoever reads the list
 * looks at those as well.
 */
export function overflowOf(list: string): string[] {
  const kind = kindOf(list)
  return OVERFLOWING.includes(kind) ? [`more:${kind}`] : []
}

export function kindOf(list: string): string {
  return list.split(':', 1)[0] ?? ''
}

/** What an object is, or what an indicator looks for: its values and its hashes. */
function observedLists({ type, value, comparisons }: Listed): string[] {
  const own = typeof value.value === 'string' ? [valueList(value.value)] : []
  const hashes = canBeSubject(type) ? hashListsIn(value) : []
  return [...own, ...hashes, ...comparisons.flatMap(comparedLists)]
}

/** An observable's own hashes and those in its extensions; a reference's are of something else. */
function hashListsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(hashListsIn)
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([name, member]) => {
    if (name === 'external_references') return []
    return hashProperties.has(name) && isJsonObject(member)
      ? hashListsOf(member)
      : hashListsIn(member)
  })
}

/** No filter asks for algorithms of other names. */
function hashListsOf(hashes: Record<string, unknown>): string[] {
  return hashAlgorithms.flatMap((algorithm) => {
    const hash = Object.hasOwn(hashes, algorithm) ? hashes[algorithm] : undefined
    return typeof hash === 'string' ? [hashList(algorithm, hash)] : []
  })
}

/** Only what a pattern says something is, not what it is unlike. */
function comparedLists({ path, operator, negated, values }: Comparison): string[] {
  if (negated || (operator !== '=' && operator !== 'IN')) return []
  const texts = values.flatMap((value) => (value.kind === 'string' ? [value.value] : []))
  const [property, last] = path.slice(-2)
  if (typeof property === 'string' && hashProperties.has(property)) {
    const algorithm = hashAlgorithms.find((name) => name === last)
    return algorithm === undefined ? [] : texts.map((text) => hashList(algorithm, text))
  }
  return path.at(-1) === 'value' ? texts.map(valueList) : []
}

/** Observables, and custom types, which may be observables. */
function canBeSubject(type: string): boolean {
  return isObservableType(type) || !isStixType(type)
}
