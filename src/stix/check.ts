// Whether a JSON object is a STIX object. What STIX requires is asked for; what it leaves open is
// accepted, custom types and properties above all. The first fault found is the one reported.
import { isTypeName, parseIdentifier } from './identifier.ts'
import { isJsonObject, type JsonObject } from './json-object.ts'
import {
  commonProperties,
  requiredAlternatives,
  requiredProperties,
  type Shape,
  typesWithAnyProperty,
} from './required.ts'
import { instantOf } from './timestamp.ts'
import {
  isObservableType,
  isStixType,
  listProperties,
  observableCommonProperties,
} from './vocabulary.ts'

export type SpecVersion = '2.0' | '2.1'

export type CheckedObject =
  | { ok: true; id: string; type: string; specVersion: SpecVersion; version: string | undefined }
  | { ok: false; fault: Fault }

export type Fault = { property?: string; message: string }

const CONFIDENCE_MAX = 100
const SHAPE_NAMES: Readonly<Record<Shape, string>> = {
  text: 'text',
  boolean: 'true or false',
  integer: 'an integer',
  timestamp: 'a timestamp',
  identifier: 'an identifier',
  list: 'a list',
  dictionary: 'an object',
}

export function checkObject(value: JsonObject): CheckedObject {
  const { type, id, created, modified } = value
  if (typeof type !== 'string' || !isTypeName(type)) return refuse('type', 'is not a type name')
  if (type === 'bundle') return refuse('type', 'is bundle, which holds objects and is none')
  if (typeof id !== 'string' || parseIdentifier(id)?.type !== type) {
    return refuse('id', `is not ${type}--UUID`)
  }
  const specVersion = specVersionOf(value, type)
  if (specVersion === undefined) return refuse('spec_version', 'is neither 2.1 nor 2.0')
  const fault =
    faultOfTimes(value, type, specVersion) ??
    (specVersion === '2.1' ? faultOfStix21(value, type) : undefined)
  if (fault !== undefined) return { ok: false, fault }
  const version = [modified, created].find((time) => typeof time === 'string')
  return { ok: true, id, type, specVersion, version }
}

/**
 * The version of STIX an object is written in, when it is one of those known. Objects without
 * `spec_version` are of STIX 2.0, but for observables, where 2.1 is the default (§3.2); a custom type
 * that is never versioned can only be an observable.
 */
function specVersionOf(value: JsonObject, type: string): SpecVersion | undefined {
  const { spec_version: named, created, modified } = value
  if (named === '2.1' || named === '2.0') return named
  if (named !== undefined) return undefined
  const isCustomObservable = !isStixType(type) && created === undefined && modified === undefined
  return isObservableType(type) || isCustomObservable ? '2.1' : '2.0'
}

function faultOfTimes(value: JsonObject, type: string, spec: SpecVersion): Fault | undefined {
  const required = requiredTimes(value, type, spec)
  for (const name of ['created', 'modified']) {
    if (value[name] !== undefined || required.includes(name)) {
      const fault = faultOfShape(value, name, 'timestamp')
      if (fault !== undefined) return fault
    }
  }
  return isAfter(value.created, value.modified)
    ? said('modified', 'is before `created`')
    : undefined
}

/** Observables and custom types without either are not versioned; markings never change (§7.2). */
function requiredTimes(value: JsonObject, type: string, spec: SpecVersion): string[] {
  if (isObservableType(type)) return []
  if (type === 'marking-definition') return ['created']
  const isVersioned = value.created !== undefined || value.modified !== undefined
  const isCustomObservable = spec === '2.1' && !isStixType(type) && !isVersioned
  return isCustomObservable ? [] : ['created', 'modified']
}

/** STIX 2.0 objects are asked for no more than what their storing depends on. */
function faultOfStix21(value: JsonObject, type: string): Fault | undefined {
  for (const [name, shape] of requiredProperties.get(type) ?? []) {
    const fault = faultOfShape(value, name, shape)
    if (fault !== undefined) return fault
  }
  return (
    faultOfAlternatives(value, type) ??
    faultOfCommonProperties(value) ??
    faultOfLists(value, type) ??
    faultOfType(value, type)
  )
}

function faultOfShape(value: JsonObject, name: string, shape: Shape): Fault | undefined {
  const property = value[name]
  if (property === undefined) return said(name, 'is missing')
  return isOfShape(property, shape) ? undefined : said(name, `is not ${SHAPE_NAMES[shape]}`)
}

function isOfShape(value: unknown, shape: Shape): boolean {
  switch (shape) {
    case 'text':
      return typeof value === 'string'
    case 'boolean':
      return typeof value === 'boolean'
    case 'integer':
      return Number.isInteger(value)
    case 'timestamp':
      return typeof value === 'string' && instantOf(value) !== undefined
    case 'identifier':
      return typeof value === 'string' && parseIdentifier(value) !== undefined
    case 'list':
      return Array.isArray(value)
    case 'dictionary':
      return isJsonObject(value)
  }
}

function faultOfAlternatives(value: JsonObject, type: string): Fault | undefined {
  const sets = requiredAlternatives.get(type)
  if (sets?.some((set) => set.every((name) => value[name] !== undefined)) === false) {
    const property = sets[0]?.[0] ?? 'type'
    const others = sets.map((set) => set.map((name) => `\`${name}\``).join(' with '))
    return { property, message: `needs ${others.join(', or ')}` }
  }
  if (!typesWithAnyProperty.has(type)) return undefined
  const isBare = Object.keys(value).every((name) => observableCommonProperties.has(name))
  return isBare ? said('type', `is ${type}, but no property is one of its own`) : undefined
}

function faultOfCommonProperties(value: JsonObject): Fault | undefined {
  for (const [name, shape] of commonProperties) {
    const fault = value[name] === undefined ? undefined : faultOfShape(value, name, shape)
    if (fault !== undefined) return fault
  }
  const { confidence } = value
  if (typeof confidence !== 'number' || (confidence >= 0 && confidence <= CONFIDENCE_MAX)) {
    return undefined
  }
  return said('confidence', `is not between 0 and ${CONFIDENCE_MAX}`)
}

/** What is a list in STIX may be anything in a custom type. */
function faultOfLists(value: JsonObject, type: string): Fault | undefined {
  for (const [name, member] of Object.entries(value)) {
    if (!Array.isArray(member) || member.length > 0) continue
    const isList = commonProperties.get(name) === 'list'
    if (isList || (isStixType(type) && listProperties.has(name))) return said(name, 'is empty')
  }
  return undefined
}

function faultOfType(value: JsonObject, type: string): Fault | undefined {
  if (type === 'observed-data' && value.object_refs !== undefined && value.objects !== undefined) {
    return said('objects', 'cannot be there beside `object_refs`')
  }
  if (type !== 'indicator' || value.valid_until === undefined) return undefined
  const fault = faultOfShape(value, 'valid_until', 'timestamp')
  if (fault !== undefined || isAfter(value.valid_until, value.valid_from)) return fault
  return said('valid_until', 'is not after `valid_from`')
}

/** Whether both are timestamps, the first being later. */
function isAfter(later: unknown, earlier: unknown): boolean {
  const [late, early] = [later, earlier].map((time) => instantOf(String(time)))
  return late !== undefined && early !== undefined && late > early
}

function refuse(property: string, message: string): CheckedObject {
  return { ok: false, fault: said(property, message) }
}

function said(property: string, what: string): Fault {
  return { property, message: `\`${property}\` ${what}` }
}
