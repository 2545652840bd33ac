// The lists an object version stands in. Every page is a range of one list, or a merge of several,
// so a filter that has a list costs what an unfiltered page costs.
import type { StixObject } from '../stix/object.ts'
import { isObservableType, isStixType } from '../stix/vocabulary.ts'

/** Everything in the collection. */
export const WHOLE = '*'

/** Objects that a reader must be able to get however old they are (look-back does not hide them). */
export const EXEMPT_FROM_LOOK_BACK = [typeList('identity'), typeList('marking-definition')]

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

export function listsOf(object: Pick<StixObject, 'id' | 'type' | 'subtypes'>): string[] {
  const lists = [WHOLE, idList(object.id), typeList(object.type)]
  const matched = new Set([object.type, ...object.subtypes].map(matchTypeList))
  matched.delete(typeList(object.type))
  return [...lists, ...matched]
}

/** Observables, and custom types, which may be observables. */
function canBeSubject(type: string): boolean {
  return isObservableType(type) || !isStixType(type)
}
