// TAXII 2.1 §3.4.1: match[version] and match[spec_version], on Get Objects.
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, ROOT } from '../../support/http.ts'
import { expectBadParameter } from '../../support/refusal.ts'
import { indicator, observable } from '../../support/stix.ts'
import {
  createCollection,
  createReader,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

const STIX_21 = 'application/stix+json;version=2.1'
const STIX_20 = 'application/stix+json;version=2.0'

let collection: TestCollection
let key: string

const a1 = indicator({ name: 'a1' })
const a2 = { ...a1, name: 'a2', modified: '2024-05-01T10:00:00.1Z' }
const a3 = { ...a1, name: 'a3', modified: '2024-05-01T10:00:00.100001Z' }
const b1 = indicator({ name: 'b1', modified: '2024-06-01T00:00:00Z' })
const ip = { ...observable('ipv4-addr', '203.0.113.9'), name: 'ip' }
const { spec_version: _, ...c20 } = indicator({ name: 'c20', modified: '2024-09-01T00:00:00.000Z' })
const c21 = { ...c20, name: 'c21', spec_version: '2.1', modified: '2024-08-01T00:00:00.000Z' }
const { spec_version: __, ...d20 } = indicator({ name: 'd20' })

beforeAll(async () => {
  collection = await createCollection({ media_types: [STIX_21, STIX_20] })
  key = await createReader()
  // The greatest `modified` of `a` is neither the first nor the last that is added.
  for (const object of [a1, a3, b1, a2, ip, c20, c21, d20])
    await importObjects(collection, [object])
})

const get = (query: string) =>
  ask(`${ROOT}/collections/${collection.id}/objects/?${query}`, { key })

async function namesOf(query: string): Promise<string[]> {
  const { json } = await get(query)
  return json.objects.map(({ name }: { name: string }) => name)
}

describe('match[version]', () => {
  it('F-2: is last when it is absent', async () => {
    expect(await namesOf('')).toEqual(['a3', 'b1', 'ip', 'c21', 'd20'])
    expect(await namesOf('match[version]=last')).toEqual(await namesOf(''))
  })

  it.each<[value: string, expected: string[]]>([
    ['last', ['a3', 'b1']],
    ['first', ['a1', 'b1']],
    ['all', ['a1', 'a3', 'b1', 'a2']],
    ['first,last', ['a1', 'a3', 'b1']],
    ['2024-05-01T10:00:00.1Z', ['a2']],
    ['2024-05-01T10:00:00.100Z', ['a2']],
    ['2024-05-01T10:00:00.100000000Z', ['a2']],
    ['2024-05-01T10:00:00.100001Z', ['a3']],
    ['2024-05-01T10:00:00Z', ['a1']],
    ['2024-06-01T00:00:00.000Z', ['b1']],
    ['2024-05-01T10:00:00Z,2024-06-01T00:00:00Z', ['a1', 'b1']],
    ['first,2024-05-01T10:00:00.1Z,last', ['a1', 'a3', 'b1', 'a2']],
    ['2001-01-01T00:00:00Z', []],
  ])('E-5: %s', async (value, expected) => {
    expect(await namesOf(`match[id]=${a1.id},${b1.id}&match[version]=${value}`)).toEqual(expected)
  })

  it('gives each version once, though several values select it', async () => {
    const values = 'first,last,2024-06-01T00:00:00Z'
    expect(await namesOf(`match[id]=${b1.id}&match[version]=${values}`)).toEqual(['b1'])
  })

  it('§3.4.1: an object without versions answers to all, first and last', async () => {
    for (const value of ['all', 'first', 'last']) {
      expect(await namesOf(`match[id]=${ip.id}&match[version]=${value}`)).toEqual(['ip'])
    }
  })

  it('D6: last is a fact of the collection, not of what added_after leaves', async () => {
    const { json } = await ask(
      `${ROOT}/collections/${collection.id}/manifest/?match[version]=all&match[id]=${a1.id}`,
      { key },
    )
    const afterGreatest = json.objects[1].date_added
    const rest = await namesOf(`added_after=${afterGreatest}&match[id]=${a1.id}`)
    expect(rest).toEqual([])
  })

  it.each([
    'all,last',
    'last,all',
    'all,all',
    'last,last',
    'first,first',
    '2024-05-01T10:00:00Z,2024-05-01T10:00:00Z',
    'newest',
    'LAST',
    '2024-05-01',
    '2024-05-01T10:00:00',
    '2024-05-01T10:00:00+00:00',
    '2024-13-01T10:00:00Z',
    '1714557600',
    '',
    'last,',
    ',last',
    'last, first',
  ])('F-1, §3.4.1: refuses %s', async (value) => {
    expectBadParameter(await get(`match[version]=${value}`), 'match[version]')
  })
})

describe('match[spec_version]', () => {
  it('§3.4.1, D16: absent it is the newest that each object has', async () => {
    expect(await namesOf(`match[id]=${c20.id},${d20.id}`)).toEqual(['c21', 'd20'])
  })

  it.each<[query: string, expected: string[]]>([
    ['match[spec_version]=2.1', ['a3', 'b1', 'ip', 'c21']],
    ['match[spec_version]=2.0', ['c20', 'd20']],
    ['match[spec_version]=2.0,2.1', ['a3', 'b1', 'ip', 'c20', 'c21', 'd20']],
    ['match[spec_version]=2.1,2.0', ['a3', 'b1', 'ip', 'c20', 'c21', 'd20']],
    ['match[spec_version]=2.2', []],
    ['match[spec_version]=2.0&match[version]=all', ['c20', 'd20']],
    ['match[spec_version]=2.1&match[version]=first', ['a1', 'b1', 'ip', 'c21']],
    ['match[spec_version]=2.0&match[type]=indicator', ['c20', 'd20']],
  ])('E-5: %s gives no other', async (query, expected) => {
    expect(await namesOf(query)).toEqual(expected)
  })

  it.each(['', '2', 'x', '2.x', '2.1,', '2.1, 2.0', 'v2.1', 'all'])(
    'F-1: refuses %s',
    async (value) => {
      expectBadParameter(await get(`match[spec_version]=${value}`), 'match[spec_version]')
    },
  )
})

describe('a collection that never took STIX 2.0', () => {
  it.each([
    'match[spec_version]=2.0',
    'match[spec_version]=2.0&match[version]=all',
    'match[spec_version]=2.0&x_sort=desc&limit=1',
    'match[spec_version]=2.0&match[type]=indicator&match[name]=one',
  ])('§3.4.1: has none for %s', async (query) => {
    const only21 = await createCollection({ media_types: [STIX_21] })
    await importObjects(only21, [indicator({ name: 'one' })])
    const path = `${ROOT}/collections/${only21.id}/objects/`
    const { status, json } = await ask(`${path}?${query}`, { key })
    expect([status, json.more, json.objects]).toEqual([200, false, []])
    const both = await ask(`${path}?${query.replace('2.0', '2.0,2.1')}`, { key })
    expect(both.json.objects).toHaveLength(1)
  })
})
