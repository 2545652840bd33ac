// Objects with more values and hashes than they have entries for: every filter finds them as if each
// had one, on pages of any size, and they come and go like any other object.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, ROOT } from '../../support/http.ts'
import { indicator, observable, stixId } from '../../support/stix.ts'
import { byHeader, byNextAlone, idsOf, walk } from '../../support/walk.ts'
import {
  createCollection,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

const VALUES = 300
const LATER = '2024-07-01T10:00:00.000Z'
const LAST_HASH = hashAt(VALUES - 1)
const LAST_VALUE = valueAt(VALUES - 1)

function valueAt(i: number): string {
  return `198.51.${Math.floor(i / 250)}.${i % 250}`
}

function hashAt(i: number): string {
  return String(i).padStart(64, 'ab')
}

function quoted(texts: string[]): string {
  return texts.map((text) => `'${text}'`).join(', ')
}

const places = Array.from({ length: VALUES }, (_, i) => i)
const pattern =
  `[ipv4-addr:value IN (${quoted(places.map(valueAt))})]` +
  ` AND [file:hashes.'SHA-256' IN (${quoted(places.map(hashAt))})]`

const many = indicator({ pattern, revoked: true, labels: ['many'] })
const manyOfHashes = {
  type: 'file',
  spec_version: '2.1',
  id: stixId('file'),
  name: 'many.exe',
  extensions: {
    'windows-pebinary-ext': {
      pe_type: 'exe',
      sections: places.map((i) => ({ name: `s${i}`, hashes: { 'SHA-256': hashAt(i) } })),
    },
  },
}
const few = indicator({ pattern: `[ipv4-addr:value = '${LAST_VALUE}']` })
const address = observable('ipv4-addr', LAST_VALUE)
const other = indicator({ pattern: "[ipv4-addr:value = '203.0.113.1']", revoked: true })
const objects = [few, many, address, manyOfHashes, other]

let collection: TestCollection
let view: TestCollection
let key: string

beforeAll(async () => {
  key = await createWriter({ per_minute: 1_000_000 })
  collection = await createCollection()
  view = await createCollection({ view: { of: collection.id, types: ['indicator'] } })
  expect((await importObjects(collection, objects)).json.refused).toEqual([])
})

const pathOf = ({ id }: TestCollection) => `${ROOT}/collections/${id}/objects/`

async function found(query: string, where = collection): Promise<string[]> {
  const { status, json } = await ask(`${pathOf(where)}?${query}`, { key })
  expect(status).toBe(200)
  return idsOf(json)
}

const ids = (...those: { id: string }[]) => those.map(({ id }) => id)

const expected: [query: Record<string, string>, found: string[]][] = [
  [{ 'match[value]': valueAt(0) }, ids(many)],
  [{ 'match[value]': LAST_VALUE }, ids(few, many, address)],
  [{ 'match[value]': `${LAST_VALUE},203.0.113.1` }, ids(few, many, address, other)],
  [{ 'match[value]': valueAt(VALUES) }, []],
  // What is a value of it is no hash of it.
  [{ 'match[value]': LAST_HASH }, []],
  [{ 'match[SHA-256]': hashAt(0) }, ids(many, manyOfHashes)],
  [{ 'match[SHA-256]': LAST_HASH.toUpperCase() }, ids(many, manyOfHashes)],
  [{ 'match[SHA-256]': hashAt(VALUES) }, []],
  [{ 'match[MD5]': LAST_HASH }, []],
  [{ 'match[revoked]': 'true' }, ids(many, other)],
  [{ 'match[revoked]': 'false' }, ids(few, address, manyOfHashes)],
  [{ 'match[value]': LAST_VALUE, 'match[revoked]': 'true' }, ids(many)],
  [{ 'match[value]': LAST_VALUE, 'match[revoked]': 'false' }, ids(few, address)],
  [{ 'match[value]': LAST_VALUE, 'match[type]': 'indicator' }, ids(few, many)],
  [{ 'match[value]': LAST_VALUE, 'match[SHA-256]': LAST_HASH }, ids(many)],
  [{ 'match[value]': LAST_VALUE, 'match[labels]': 'many' }, ids(many)],
  [{ 'match[value]': LAST_VALUE, 'match[version]': 'all' }, ids(few, many, address)],
]

describe('an object with more values than entries', () => {
  it.each(expected)('F-15: %j finds it or not, on pages of any size', async (query, all) => {
    expect(await found(new URLSearchParams(query).toString())).toEqual(all)
    for (const limit of ['1', '2', '1000']) {
      const first = { ...query, limit }
      expect((await walk(pathOf(collection), key, first, byNextAlone)).ids).toEqual(all)
      expect((await walk(pathOf(collection), key, first, byHeader(first))).ids).toEqual(all)
      const backwards = { ...first, x_sort: 'desc' }
      const walked = await walk(pathOf(collection), key, backwards, byNextAlone)
      expect(walked.ids).toEqual(all.toReversed())
    }
  })

  it('has no more entries than others may have', async () => {
    const entries = await env.DB.prepare(
      `SELECT count(*) FROM list_entries WHERE object_ref =
         (SELECT ref FROM objects WHERE stix_id = ?1) GROUP BY collection_ref`,
    )
      .bind(many.id)
      .raw<[number]>()
    expect(entries).toEqual([[200], [200]])
  })

  it('is found in a view too', async () => {
    expect(await found(`match[value]=${LAST_VALUE}`, view)).toEqual(ids(few, many))
    expect(await found(`match[SHA-256]=${LAST_HASH}`, view)).toEqual(ids(many))
    expect(await found('match[revoked]=true', view)).toEqual(ids(many, other))
  })

  it('is found by its old values as an old version only, and again once it is the last', async () => {
    const here = await createCollection()
    const first = { ...many, id: stixId('indicator') }
    const second = { ...first, revoked: false, modified: LATER, pattern: other.pattern }
    await importObjects(here, [first])
    await importObjects(here, [second])
    const filters = [`match[value]=${LAST_VALUE}`, `match[SHA-256]=${LAST_HASH}`]
    for (const filter of [...filters, 'match[revoked]=true']) {
      expect(await found(filter, here), filter).toEqual([])
      expect(await found(`${filter}&match[version]=first`, here), filter).toEqual(ids(first))
      expect(await found(`${filter}&match[version]=all`, here), filter).toEqual(ids(first))
    }
    const latest = `${pathOf(here)}${first.id}/?match[version]=${LATER}`
    expect((await ask(latest, { key, method: 'DELETE' })).status).toBe(200)
    for (const filter of [...filters, 'match[revoked]=true']) {
      expect(await found(filter, here), filter).toEqual(ids(first))
    }
  })

  it('leaves nothing behind when it is deleted', async () => {
    const here = await createCollection()
    const gone = { ...many, id: stixId('indicator') }
    await importObjects(here, [gone])
    const count = async () =>
      await env.DB.prepare(
        'SELECT count(*) AS n FROM list_entries WHERE collection_ref = (SELECT ref FROM collections WHERE id = ?1)',
      )
        .bind(here.id)
        .first('n')
    expect(await count()).toBe(200)
    const { status } = await ask(`${pathOf(here)}${gone.id}/`, { key, method: 'DELETE' })
    expect(status).toBe(200)
    expect(await count()).toBe(0)
    for (const filter of [`match[value]=${LAST_VALUE}`, 'match[revoked]=true']) {
      expect(await found(filter, here), filter).toEqual([])
    }
  })

  it('is not found by what only looks like one of its values', async () => {
    const here = await createCollection()
    const last = String.raw`odd,"value:a","value:b\\`
    const pattern = `[url:value IN (${quoted([...places.map(valueAt), last])})]`
    const odd = indicator({ pattern })
    await importObjects(here, [odd])
    for (const value of ['a', 'b\\', '"value:a"', 'odd', '198.51.1.', '198.51.1.4_']) {
      expect(await found(`match[value]=${encodeURIComponent(value)}`, here), value).toEqual([])
    }
    expect(await found(`match[value]=${LAST_VALUE}`, here)).toEqual([odd.id])
  })

  it('is refused, not cut, where its values do not fit beside its text', async () => {
    const sections = Array.from({ length: 45_000 }, (_, i) => ({ hashes: { MD5: `h${i}` } }))
    const body = { sections, filler: 'x'.repeat(450_000) }
    const large = { type: 'x-sections', spec_version: '2.1', id: stixId('x-sections'), ...body }
    const { json } = await importObjects(collection, [large])
    expect(json).toMatchObject({ added: 0, refused: [{ id: large.id }] })
    expect(json.refused[0].message).toContain('is larger than')
  })
})

describe('a hash under a name that STIX does not know', () => {
  it('is no list of its own, however long the name', async () => {
    const name = 'n'.repeat(50_000)
    const odd = indicator({ pattern: `[file:hashes.'${name}' IN (${quoted(places.map(hashAt))})]` })
    expect((await importObjects(collection, [odd])).json).toMatchObject({ added: 1, refused: [] })
  })
})
