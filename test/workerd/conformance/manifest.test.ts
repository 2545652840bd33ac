// TAXII 2.1 §5.3 Get Object Manifests: one record for each object that the same query of Get Objects
// gives, in the same order and pages.
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, ROOT } from '../../support/http.ts'
import { identity, indicator, observable } from '../../support/stix.ts'
import { byNext, lastDateOf, walk } from '../../support/walk.ts'
import {
  createCollection,
  createReader,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/
const STIX_21 = 'application/stix+json;version=2.1'
const STIX_20 = 'application/stix+json;version=2.0'

let collection: TestCollection
let key: string

const who = identity()
const versioned = indicator({ pattern: "[domain-name:value = 'c2.example']" })
const later = { ...versioned, modified: '2024-06-01T00:00:00.123456Z' }
const ip = observable('ipv4-addr', '203.0.113.9')
const marking = {
  type: 'marking-definition',
  spec_version: '2.1',
  id: 'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9',
  created: '2017-01-20T00:00:00.000Z',
  definition_type: 'tlp',
  definition: { tlp: 'white' },
}
const { spec_version: _, ...old } = indicator({ pattern: "[url:value = 'http://c2.example/']" })

beforeAll(async () => {
  collection = await createCollection({ media_types: [STIX_21, STIX_20] })
  key = await createReader()
  await importObjects(collection, [who, versioned, ip, marking, later, old])
})

const manifest = (query = '') =>
  ask(`${ROOT}/collections/${collection.id}/manifest/${query}`, { key })
const objects = (query = '') =>
  ask(`${ROOT}/collections/${collection.id}/objects/${query}`, { key })

type ManifestRecord = { id: string; date_added: string; version: string; media_type: string }
type Versioned = { id: string; modified?: string; created?: string; spec_version?: string }

it('E-9, E-12: has records with exactly the properties of §5.3.1', async () => {
  const { json } = await manifest('?match[version]=all')
  expect(json.objects).toHaveLength(6)
  for (const record of json.objects) {
    expect(record).toEqual({
      id: expect.any(String),
      date_added: expect.stringMatching(DATE),
      version: expect.any(String),
      media_type: expect.any(String),
    })
  }
})

it('V-1, D8: names versions by modified, else created, else one value of its own', async () => {
  const { json } = await manifest('?match[version]=all')
  const versionOf = (id: string) =>
    json.objects
      .filter((each: ManifestRecord) => each.id === id)
      .map((each: ManifestRecord) => each.version)
  expect(versionOf(versioned.id)).toEqual([versioned.modified, later.modified])
  expect(versionOf(marking.id)).toEqual([marking.created])
  const [observed] = versionOf(ip.id)
  expect(observed).toMatch(DATE)
  expect(versionOf(ip.id)).toHaveLength(1)
  const again = await manifest(`?match[id]=${ip.id}`)
  expect(again.json.objects[0].version).toBe(observed)
  const byVersion = await objects(`?match[id]=${ip.id}&match[version]=${observed}`)
  expect(byVersion.json.objects).toEqual([ip])
})

it('§5.3.1: gives a media type that is literally one of the collection', async () => {
  const { json } = await manifest('?match[version]=all&match[spec_version]=2.0,2.1')
  const types = new Map(json.objects.map((each: ManifestRecord) => [each.id, each.media_type]))
  expect(types.get(who.id)).toBe(STIX_21)
  expect(types.get(old.id)).toBe(STIX_20)
  const { media_types } = (await ask(`${ROOT}/collections/${collection.id}/`, { key })).json
  for (const type of types.values()) expect(media_types).toContain(type)
})

it('lists one record an object unless versions are asked for', async () => {
  const { json } = await manifest()
  const ids = json.objects.map(({ id }: ManifestRecord) => id)
  expect(ids).toHaveLength(new Set(ids).size)
  expect(json.objects.find(({ id }: ManifestRecord) => id === versioned.id).version).toBe(
    later.modified,
  )
})

describe('§3.3, E-5: the same query gives the same objects', () => {
  it.each([
    '',
    '?match[version]=all',
    '?match[version]=first',
    '?match[type]=indicator',
    '?match[type]=domain-name,url&match[version]=all',
    '?type=ipv4-addr',
    `?match[id]=${who.id},${marking.id}`,
    '?match[spec_version]=2.0',
    '?match[spec_version]=2.0,2.1&match[version]=all',
    '?limit=2',
    '?limit=2&match[type]=indicator&match[version]=all',
    '?match[type]=no-such-type',
    '?added_after=2099-01-01T00:00:00Z',
  ])('%s', async (query) => {
    const [listed, got] = [await manifest(query), await objects(query)]
    expect(listed.json.objects.map(pairOfRecord)).toEqual(got.json.objects.map(pairOfObject))
    expect(listed.json.more).toBe(got.json.more)
    for (const name of ['X-TAXII-Date-Added-First', 'X-TAXII-Date-Added-Last']) {
      expect(listed.headers.get(name)).toBe(got.headers.get(name))
    }
  })
})

function pairOfRecord({ id, version }: ManifestRecord) {
  return [id, id === ip.id ? '' : version]
}

function pairOfObject({ id, modified, created }: Versioned) {
  return [id, modified ?? created ?? '']
}

it('§3.2: heads the page with the dates of its first and last record', async () => {
  const { json, headers } = await manifest('?limit=3')
  expect(headers.get('X-TAXII-Date-Added-First')).toBe(json.objects[0].date_added)
  expect(headers.get('X-TAXII-Date-Added-Last')).toBe(json.objects[2].date_added)
})

it('§3.3: is in ascending order of date_added, each date once', async () => {
  const dates = (await manifest('?match[version]=all')).json.objects.map(
    ({ date_added }: ManifestRecord) => date_added,
  )
  expect(dates).toEqual(dates.toSorted())
  expect(new Set(dates).size).toBe(dates.length)
})

it('F-8: pages by next, though §5.3.1 forgot the property', async () => {
  const path = `${ROOT}/collections/${collection.id}/manifest/`
  const first = { limit: '2', 'match[version]': 'all' }
  const { ids, pages } = await walk(path, key, first, byNext(first))
  expect(ids).toHaveLength(6)
  expect(pages.map(({ json }) => json.objects.length)).toEqual([2, 2, 2])
  for (const { json } of pages.slice(0, -1)) expect(json.next).toBeTypeOf('string')
  expect(pages.at(-1)?.json).not.toHaveProperty('next')
})

it('takes a next of Get Objects, which is the same position', async () => {
  const page = await objects('?limit=2')
  const { json } = await manifest(`?next=${page.json.next}`)
  expect(json.objects[0].date_added > lastDateOf(page)).toBe(true)
  expect(json.objects).toHaveLength(2)
})

it('§5.3: an empty page has an empty list and no dates of its own', async () => {
  const empty = await createCollection()
  const { status, json, headers } = await ask(`${ROOT}/collections/${empty.id}/manifest/`, { key })
  expect([status, json]).toEqual([200, { more: false, objects: [] }])
  expect(headers.has('X-TAXII-Date-Added-First')).toBe(false)
  expect(headers.has('X-TAXII-Date-Added-Last')).toBe(false)
})
