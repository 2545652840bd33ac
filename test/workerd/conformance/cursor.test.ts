// `next` as clients really send it: late, twice, with other parameters, to other collections, under a
// new configuration; and what is no cursor at all (TAXII 2.1 §3.4, F-9, F-10).
import { beforeAll, describe, expect, it } from 'vitest'
import { type Cursor, writeCursor } from '../../../src/taxii/cursor.ts'
import { ask, ROOT } from '../../support/http.ts'
import { expectBadParameter, expectRefusal } from '../../support/refusal.ts'
import { askUnder } from '../../support/settings.ts'
import { identity, indicator, stixId } from '../../support/stix.ts'
import { byNextAlone, idsOf, lastDateOf, walk } from '../../support/walk.ts'
import {
  createCollection,
  createReader,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

let collection: TestCollection
let key: string
let next: string
let forged: Cursor

const objects = Array.from({ length: 8 }, (_, index) =>
  index % 2 === 0 ? indicator() : identity(),
)
const ids = objects.map(({ id }) => id)

beforeAll(async () => {
  collection = await createCollection()
  key = await createReader()
  await importObjects(collection, objects)
  next = (await get('limit=3')).json.next
  forged = { collectionId: collection.id, positionMs: 0, limit: 100, filters: [] }
})

const path = (of = collection) => `${ROOT}/collections/${of.id}/objects/`
const get = (query: string, of = collection) => ask(`${path(of)}?${query}`, { key })

describe('F-10: a next that was given', () => {
  it('is made of characters that need no escaping', () => {
    expect(next).toMatch(/^[A-Za-z0-9_-]+$/)
  })

  it('holds no key', async () => {
    const other = await createReader()
    const page = await ask(`${path()}?limit=3&api_key=${other}`)
    expect(page.json.next).toBe(next)
    expect(atob(page.json.next.replaceAll('-', '+').replaceAll('_', '/'))).not.toContain(other)
  })

  it('gives the same page as often as it is sent', async () => {
    const pages = [await get(`next=${next}`), await get(`next=${next}`)]
    for (const { json } of pages) expect(idsOf(json)).toEqual(ids.slice(3, 6))
  })

  it('works for another key, which has its own rights', async () => {
    const other = await createReader()
    expect(idsOf((await ask(`${path()}?next=${next}`, { key: other })).json)).toEqual(
      ids.slice(3, 6),
    )
    const outsider = await createReader({ collections: [(await createCollection()).id] })
    const answer = await ask(`${path()}?next=${next}`, { key: outsider })
    expectRefusal(answer, { status: 404, code: 'not_found' })
  })

  it('works by id and by alias alike', async () => {
    const { json } = await ask(`${ROOT}/collections/${collection.alias}/objects/?next=${next}`, {
      key,
    })
    expect(idsOf(json)).toEqual(ids.slice(3, 6))
  })

  it('yields to another limit', async () => {
    expect(idsOf((await get(`next=${next}&limit=1`)).json)).toEqual([ids[3]])
    expect(idsOf((await get(`next=${next}&limit=1000`)).json)).toEqual(ids.slice(3))
  })

  it('D10: is narrowed by filters that come with it', async () => {
    const { json } = await get(`next=${next}&match[type]=indicator&limit=10`)
    expect(idsOf(json)).toEqual([ids[4], ids[6]])
    const filtered = await get('match[type]=indicator&limit=1')
    const both = await get(`next=${filtered.json.next}&match[type]=identity`)
    expect(both.json).toMatchObject({ objects: [], more: false })
  })

  it('and a later added_after: the later position holds', async () => {
    const fifth = lastDateOf(await get('limit=5'))
    expect(idsOf((await get(`next=${next}&added_after=${fifth}`)).json)).toEqual(ids.slice(5))
    const first = lastDateOf(await get('limit=1'))
    expect(idsOf((await get(`next=${next}&added_after=${first}`)).json)).toEqual(ids.slice(3, 6))
  })

  it('at the end of the collection gives an empty page, not an error', async () => {
    const short = await createCollection()
    await importObjects(short, objects.slice(0, 2))
    const page = await get('limit=1', short)
    const writer = await createWriter()
    await ask(`${path(short)}${ids[1]}/`, { method: 'DELETE', key: writer })
    const rest = await get(`next=${page.json.next}`, short)
    expect(rest.status).toBe(200)
    expect(rest.json).toMatchObject({ more: false, objects: [] })
    expect(lastDateOf(rest)).toBe(lastDateOf(page))
  })

  it('survives the deletion of what it points at, without gap or repetition', async () => {
    const shrinking = await createCollection()
    await importObjects(shrinking, objects)
    const page = await get('limit=3', shrinking)
    const writer = await createWriter()
    for (const index of [0, 2, 3, 5]) {
      await ask(`${path(shrinking)}${ids[index]}/`, { method: 'DELETE', key: writer })
    }
    const rest = await walk(path(shrinking), key, { next: page.json.next }, byNextAlone)
    expect(rest.ids).toEqual([ids[4], ids[6], ids[7]])
  })

  it('D22: of another collection is ignored', async () => {
    const other = await createCollection()
    await importObjects(other, objects.slice(0, 4))
    const first = lastDateOf(await get('limit=1', other))
    expect(idsOf((await get(`next=${next}`, other)).json)).toEqual(ids.slice(0, 4))
    expect(idsOf((await get(`next=${next}&added_after=${first}`, other)).json)).toEqual(
      ids.slice(1, 4),
    )
  })

  it('of a collection that is gone, or hidden, is ignored in the same way', async () => {
    const other = await createCollection()
    await importObjects(other, objects.slice(0, 2))
    const reader = await createReader({ collections: [other.id] })
    const { json } = await ask(`${path(other)}?next=${next}`, { key: reader })
    expect(idsOf(json)).toEqual(ids.slice(0, 2))
  })
})

describe('a next under a new configuration', () => {
  it.each([
    ['a lower maximum', { PAGE_LIMIT_DEFAULT: '2', PAGE_LIMIT_MAX: '2' }, 2],
    ['another default', { PAGE_LIMIT_DEFAULT: '5' }, 3],
    ['another key prefix', { KEY_PREFIX: 'other' }, 3],
    ['another origin', { PUBLIC_ORIGIN: 'https://taxii.example.org' }, 3],
  ])('%s', async (_, settings, count) => {
    const { status, json } = await askUnder(settings, `${path()}?next=${next}`, { key })
    expect([status, idsOf(json)]).toEqual([200, ids.slice(3, 3 + count)])
  })
})

describe('filters in a next', () => {
  it('stay readable when there are a hundred of them', async () => {
    const wanted = [...ids, ...Array.from({ length: 92 }, () => stixId('course-of-action'))]
    const first = { 'match[id]': wanted.join(','), limit: '3' }
    const { ids: seen } = await walk(path(), key, first, byNextAlone)
    expect(seen).toEqual(ids)
  })

  it('D30: are refused by name when no next could carry them back', async () => {
    const two = `${ids[0]},${ids[1]}`
    const around = `[{"match[id]":"${two},"}]`.length
    const filterOf = (bytes: number) => `match[id]=${two},${'x'.repeat(bytes - around)}`
    const first = { limit: '1', ...Object.fromEntries(new URLSearchParams(filterOf(6000))) }
    const { ids: seen } = await walk(path(), key, first, byNextAlone)
    expect(seen).toEqual(ids.slice(0, 2))
    expectBadParameter(await get(filterOf(6001)), 'match[id]')
    expectBadParameter(await get(`match[id]=${two}&match[name]=${'é'.repeat(3000)}`), 'match[name]')
  })

  it('add up over the pages of a walk, to eight sets of them', async () => {
    const seen: string[] = []
    let query = 'limit=1'
    for (let page = 0; page < ids.length; page++) {
      const { status, json, text } = await get(`${query}&match[id]=${ids.slice(page).join(',')}`)
      expect(status, text).toBe(200)
      seen.push(...idsOf(json))
      query = `limit=1&next=${json.next ?? ''}`
    }
    expect(seen).toEqual(ids)
  })

  it('are refused by name when there are more sets than that', async () => {
    const filtersOf = (page: number) => ({ 'match[id]': `${ids[7]},x${page}` })
    const full = { ...forged, filters: Array.from({ length: 8 }, (_, page) => filtersOf(page)) }
    expect((await get(`next=${writeCursor(full)}`)).status).toBe(200)
    const answer = await get(`next=${writeCursor(full)}&match[id]=${ids[7]},x9`)
    expectBadParameter(answer, 'next')
  })
})

describe('F-10: a next that was made by somebody who knows how', () => {
  it('gives no more than the request may see', async () => {
    const { json } = await get(`next=${writeCursor(forged)}`)
    expect(idsOf(json)).toEqual(ids)
  })

  it.each<[what: string, changes: object]>([
    ['a position beyond all dates', { positionMs: Number.MAX_SAFE_INTEGER }],
    ['a position in the year 10000', { positionMs: Date.UTC(10000, 0) }],
    ['a position before 1970', { positionMs: -1 }],
    ['half a millisecond', { positionMs: 0.5 }],
    ['limit 0', { limit: 0 }],
    ['limit 1.5', { limit: 1.5 }],
    ['an unknown filter', { filters: [{ 'match[none]': 'x' }] }],
    ['a filter called constructor', { filters: [{ constructor: 'x' }] }],
    ['a filter called toString', { filters: [{ toString: 'x' }] }],
    ['a filter with a bad value', { filters: [{ 'match[version]': 'all,last' }] }],
    ['a filter that is no text', { filters: [{ type: 1 }] }],
    ['nine sets', { filters: Array.from({ length: 9 }, (_, set) => ({ type: `x-${set}` })) }],
  ])('is refused with %s', async (_, changes) => {
    const text = writeCursor({ ...forged, ...changes })
    expectBadParameter(await get(`next=${text}`), 'next')
  })

  it('may have any limit, which is capped', async () => {
    const { status, json } = await get(`next=${writeCursor({ ...forged, limit: 1e15 })}`)
    expect([status, json.objects.length]).toEqual([200, 8])
  })
})

describe('F-1, F-10: a next that was never given', () => {
  it.each<[what: string, spoil: (text: string) => string]>([
    ['garbage', () => 'garbage'],
    ['a number', () => '100'],
    ['null', () => 'null'],
    ['undefined', () => 'undefined'],
    ['a space', () => '%20'],
    ['NUL', () => '%00'],
    ['a character of two bytes', () => '%C3%A9'],
    ['invalid percent-encoding', () => '%E0%A4%A'],
    ['cut at the end', (text) => text.slice(0, -1)],
    ['cut by half', (text) => text.slice(0, text.length / 2)],
    ['cut at the beginning', (text) => text.slice(1)],
    ['with one letter more', (text) => `${text}A`],
    [
      'with one letter changed',
      (text) => text.slice(0, 30) + (text[30] === 'x' ? 'y' : 'x') + text.slice(31),
    ],
    ['doubled', (text) => text + text],
    ['base64 of JSON', () => btoa('[1,"x",0,1,[]]')],
    ['very long', () => 'A'.repeat(100_000)],
  ])('%s is refused', async (_, spoil) => {
    expectBadParameter(await get(`next=${spoil(next)}`), 'next')
  })

  it('each letter changed is refused', async () => {
    for (let at = 0; at < next.length; at++) {
      const letter = next[at] === 'A' ? 'B' : 'A'
      const answer = await get(`next=${next.slice(0, at)}${letter}${next.slice(at + 1)}`)
      expect([at, answer.status]).toEqual([at, 400])
    }
  })

  it('D21: an empty one counts as absent', async () => {
    expect(idsOf((await get('next=')).json)).toEqual(ids)
    expect(idsOf((await get('limit=2&next=')).json)).toEqual(ids.slice(0, 2))
  })
})
