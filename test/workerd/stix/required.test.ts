// What STIX 2.1 requires of each type, from a list that was made from the standard and not from the
// table that the server checks by: an object with exactly that is taken, with one property less not.
import { describe, expect, it } from 'vitest'
import { readObject } from '../../../src/stix/object.ts'
import vectors from '../../vectors/objects.required.txt?raw'
import { casesOf, wordsAndRest } from './read-vectors.ts'

const UUID = '0c7b5b88-8ff7-4a4d-aa9d-feb398cd0061'
const TIME = '2016-05-12T08:17:27.000Z'
const VERSIONED = { spec_version: '2.1', created: TIME, modified: TIME }

/** What an object of a class has besides `type` and `id` (§3.2). */
const COMMON: Record<string, Record<string, string>> = {
  SDO: VERSIONED,
  SRO: VERSIONED,
  SMO: VERSIONED,
  MARKING: { spec_version: '2.1', created: TIME },
  SCO: {},
  ANY: {},
}

type Case = { name: string; kind: string; type: string; own: object; whole: object }

const cases = casesOf(vectors).map((line): Case => {
  const [kind = '', type = '', text = ''] = wordsAndRest(line, 2)
  const own: object = JSON.parse(text)
  const whole = { type, id: `${type}--${UUID}`, ...COMMON[kind], ...own }
  return { name: `${type} ${Object.keys(own).join(', ')}`, kind, type, own, whole }
})

function without(value: object, name: string): string {
  return JSON.stringify({ ...value, [name]: undefined })
}

function expectNamed(text: string, name: string): void {
  const read = readObject(text)
  expect(read.ok || read.problem.message).toContain(`\`${name}\``)
}

it('the list has every type of STIX 2.1', () => {
  const typesOf = (...kinds: string[]) =>
    new Set(cases.filter(({ kind }) => kinds.includes(kind)).map(({ type }) => type)).size
  expect([typesOf('SDO'), typesOf('SRO'), typesOf('SCO', 'ANY')]).toEqual([19, 2, 18])
  expect(typesOf('SMO', 'MARKING')).toBe(3)
})

describe.each(cases)('$name', ({ kind, own, whole }) => {
  it('is taken', () => {
    expect(readObject(JSON.stringify(whole))).toMatchObject({
      ok: true,
      object: { specVersion: '2.1' },
    })
  })

  const demanded = Object.keys(whole).filter((name) => name !== 'spec_version')
  it.each(demanded)('is refused without %s, which is named', (name) => {
    const isAny = kind === 'ANY' && Object.hasOwn(own, name)
    expectNamed(without(whole, name), isAny ? 'type' : name)
  })

  it('is no object of STIX 2.1 without spec_version, unless it is an observable', () => {
    const isObservable = kind === 'SCO' || kind === 'ANY'
    expect(readObject(without(whole, 'spec_version'))).toMatchObject({
      object: { specVersion: isObservable ? '2.1' : '2.0' },
    })
  })
})

it('§4.14: an observed-data has object_refs or objects, never both', () => {
  const [refs, objects] = cases.filter(({ type }) => type === 'observed-data')
  expectNamed(JSON.stringify({ ...refs?.whole, ...objects?.whole }), 'objects')
})
