// TAXII 2.1 §5.6 Get an Object and §5.8 Get Object Versions.
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, ROOT } from '../../support/http.ts'
import { expectBadParameter, expectRefusal } from '../../support/refusal.ts'
import { indicator, observable, stixId } from '../../support/stix.ts'
import { byHeader, byNext, byNextAlone, lastDateOf } from '../../support/walk.ts'
import {
  createCollection,
  createReader,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

let collection: TestCollection
let key: string

const first = indicator({ name: 'first' })
const second = { ...first, modified: '2024-06-01T00:00:00.1Z', name: 'second' }
const third = { ...first, modified: '2024-07-01T00:00:00.123456Z', name: 'third' }
const ip = observable('ipv4-addr', '203.0.113.9')
const marking = {
  type: 'marking-definition',
  spec_version: '2.1',
  id: stixId('marking-definition'),
  created: '2020-01-01T00:00:00.5Z',
  definition_type: 'statement',
  definition: { statement: 'Internal' },
}

beforeAll(async () => {
  collection = await createCollection()
  key = await createReader()
  // The third version arrives before the second: order is that of adding.
  for (const object of [first, third, ip, second, marking])
    await importObjects(collection, [object])
})

const path = (id = first.id, tail = '') =>
  `${ROOT}/collections/${collection.id}/objects/${id}/${tail}`
const get = (query = '', id = first.id) => ask(path(id) + query, { key })
const versions = (query = '', id = first.id) => ask(`${path(id, 'versions/')}${query}`, { key })

describe('Get an Object', () => {
  it('§5.6: is an envelope with the last version, not that added last', async () => {
    const { json, headers } = await get()
    expect(json).toMatchObject({ type: 'bundle', more: false, objects: [third] })
    expect(lastDateOf(await get())).toBe(headers.get('X-TAXII-Date-Added-First'))
  })

  it.each<[query: string, expected: object[]]>([
    ['?match[version]=last', [third]],
    ['?match[version]=first', [first]],
    ['?match[version]=all', [first, third, second]],
    ['?match[version]=2024-06-01T00:00:00.100Z', [second]],
    ['?match[version]=first,2024-06-01T00:00:00.1Z', [first, second]],
    ['?match[spec_version]=2.1', [third]],
    ['?match[spec_version]=2.0', []],
    ['?match[version]=2001-01-01T00:00:00Z', []],
    ['?added_after=2099-01-01T00:00:00Z', []],
    ['?match[version]=all&limit=2', [first, third]],
    ['?match[type]=malware', [third]],
    ['?match[id]=indicator--00000000-0000-4000-8000-000000000000', [third]],
  ])('E-5, D9: %s gives what it selects, with 200', async (query, expected) => {
    const { status, json } = await get(query)
    expect([status, json.objects]).toEqual([200, expected])
  })

  it.each([
    ['an observable', ip],
    ['a marking', marking],
  ])('serves %s, which has one version for all, first and last', async (_, object) => {
    for (const version of ['all', 'first', 'last']) {
      expect((await get(`?match[version]=${version}`, object.id)).json.objects).toEqual([object])
    }
  })

  it('F-8: pages through versions by next, with and without the query, and by the header', async () => {
    const query = { limit: '1', 'match[version]': 'all' }
    for (const step of [byNext(query), byNextAlone, byHeader(query)]) {
      const names: string[] = []
      let following: Record<string, string> | undefined = query
      while (following !== undefined) {
        const page = await get(`?${new URLSearchParams(following)}`)
        names.push(...page.json.objects.map(({ name }: { name: string }) => name))
        following = page.json.more ? step(page) : undefined
      }
      expect(names).toEqual(['first', 'third', 'second'])
    }
  })

  it.each([
    stixId('indicator'),
    'nothing',
    '%00',
    first.id.toUpperCase(),
    `${first.id}%20`,
    first.id.slice(0, -1),
    '%2F',
    '..%2f..',
    '%',
    '%E0%A4%A',
  ])('§5.6: %s is a 404', async (id) => {
    expectRefusal(await get('', id), { status: 404, code: 'not_found' })
    expectRefusal(await versions('', id), { status: 404, code: 'not_found' })
  })

  it('is a 404 in a collection that does not hold it', async () => {
    const other = await createCollection()
    const elsewhere = `${ROOT}/collections/${other.id}/objects/${first.id}/`
    expect((await ask(elsewhere, { key })).status).toBe(404)
    expect((await ask(`${elsewhere}versions/`, { key })).status).toBe(404)
  })
})

describe('Get Object Versions', () => {
  it('§5.8: lists the texts of all versions in the order of adding', async () => {
    const { status, json } = await versions()
    expect(status).toBe(200)
    expect(json).toEqual({
      more: false,
      versions: [first.modified, third.modified, second.modified],
    })
  })

  it('§3.2: heads the page with the dates of its first and last version', async () => {
    const { headers } = await versions()
    const all = await get('?match[version]=all')
    for (const name of ['X-TAXII-Date-Added-First', 'X-TAXII-Date-Added-Last']) {
      expect(headers.get(name)).toBe(all.headers.get(name))
    }
  })

  it('V-1: names a marking by created, and an observable as the manifest does', async () => {
    expect((await versions('', marking.id)).json.versions).toEqual([marking.created])
    const manifest = await ask(
      `${ROOT}/collections/${collection.id}/manifest/?match[id]=${ip.id}`,
      { key },
    )
    expect((await versions('', ip.id)).json.versions).toEqual([manifest.json.objects[0].version])
  })

  it('§5.8: ignores match[version], which it does not have', async () => {
    expect((await versions('?match[version]=first')).json.versions).toHaveLength(3)
  })

  it.each([
    ['?match[spec_version]=2.1', 3],
    ['?match[spec_version]=2.0', 0],
    ['?added_after=2099-01-01T00:00:00Z', 0],
    ['?limit=2', 2],
  ])('E-5, D9, D18: %s gives %i versions, with 200', async (query, count) => {
    const { status, json } = await versions(query)
    expect([status, json.versions.length]).toEqual([200, count])
  })

  it('F-8, IOP 3.14.1: pages by next and by the header', async () => {
    for (const step of [byNext({ limit: '1' }), byNextAlone, byHeader({ limit: '1' })]) {
      const listed: string[] = []
      let following: Record<string, string> | undefined = { limit: '1' }
      while (following !== undefined) {
        const page = await versions(`?${new URLSearchParams(following)}`)
        listed.push(...page.json.versions)
        following = page.json.more ? step(page) : undefined
      }
      expect(listed).toEqual([first.modified, third.modified, second.modified])
    }
  })

  it.each(['limit=0', 'added_after=x', 'next=x', 'match[spec_version]=x'])(
    'F-1: refuses %s on both endpoints',
    async (query) => {
      const name = query.slice(0, query.indexOf('='))
      for (const answer of [await get(`?${query}`), await versions(`?${query}`)]) {
        expectBadParameter(answer, name)
      }
    },
  )
})
