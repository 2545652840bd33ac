// The lists an object version stands in. Every page is a range of one list, or a merge of several,
// so a filter that has a list costs what an unfiltered page costs.
import { isJsonObject } from '../stix/json-object.ts'
import type { StixObject } from '../stix/object.ts'
import type { Comparison } from '../stix/pattern/syntax.ts'
import { isObservableType, isStixType } from '../stix/vocabulary.ts'

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

/** Observables with this value, and indicators whose pattern compares something to it. */
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

export function listsOf(object: Listed): string[] {
  const { id, type, subtypes, value } = object
  const lists = [WHOLE, idList(id), typeList(type)]
  const others = [...[type, ...subtypes].map(matchTypeList), ...observedLists(object)]
  if (value.revoked === true) others.push(REVOKED)
  return [...new Set([...lists, ...others])].slice(0, LISTS_MAX)
}

/** An object in more lists than this would cost more to store than to find. */
const LISTS_MAX = 200

/** What an observable is, or what an indicator looks for: its values and its hashes. */
function observedLists({ type, value, comparisons }: Listed): string[] {
  const own = isObservableType(type)
    ? [
        ...(typeof value.value === 'string' ? [valueList(value.value)] : []),
        ...Object.entries(isJsonObject(value.hashes) ? value.hashes : {}).flatMap(([name, hash]) =>
          typeof hash === 'string' ? [hashList(name, hash)] : [],
        ),
      ]
    : []
  return [...own, ...comparisons.flatMap(comparedLists)]
}

/** Only what a pattern says something is, not what it is unlike. */
function comparedLists({ path, operator, negated, values }: Comparison): string[] {
  if (negated || (operator !== '=' && operator !== 'IN')) return []
  const texts = values.flatMap((value) => (value.kind === 'string' ? [value.value] : []))
  const algorithm = path.at(-2) === 'hashes' ? path.at(-1) : undefined
  if (typeof algorithm === 'string') return texts.map((text) => hashList(algorithm, text))
  return path.at(-1) === 'value' ? texts.map(valueList) : []
}

/** Observables, and custom types, which may be observables. */
function canBeSubject(type: string): boolean {
  return isObservableType(type) || !isStixType(type)
}
