// TAXII 2.1 §3.4 Filtering, on Get Objects: added_after, limit, match[id], match[type] and how they
// combine.
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, ROOT } from '../../support/http.ts'
import { expectBadParameter } from '../../support/refusal.ts'
import { identity, indicator, observable } from '../../support/stix.ts'
import { idsOf } from '../../support/walk.ts'
import {
  createCollection,
  createReader,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

let collection: TestCollection
let key: string
let dates: string[]

const who = identity()
const aboutIp = indicator()
const aboutDomain = indicator({ pattern: "[domain-name:value = 'c2.example']" })
const aboutBoth = indicator({
  pattern: "[ipv4-addr:value = '203.0.113.1'] OR [domain-name:value = 'a.example']",
})
const ip = observable('ipv4-addr', '203.0.113.9')
const url = observable('url', 'https://c2.example/')
const all = [who, aboutIp, aboutDomain, aboutBoth, ip, url]
const ids = all.map(({ id }) => id)

beforeAll(async () => {
  collection = await createCollection()
  key = await createReader()
  for (const object of all) await importObjects(collection, [object])
  const { json } = await ask(`${ROOT}/collections/${collection.id}/manifest/`, { key })
  dates = json.objects.map(({ date_added }: { date_added: string }) => date_added)
})

const get = (query: string) =>
  ask(`${ROOT}/collections/${collection.id}/objects/?${query}`, { key })

async function expectIds(query: string, expected: string[]) {
  const { status, json } = await get(query)
  expect([status, idsOf(json)]).toEqual([200, expected])
}

/** The date moved by so many microseconds. */
function moved(date: string, micros: number): string {
  const shifted = BigInt(Date.parse(date)) * 1000n + BigInt(micros)
  const ms = new Date(Number(shifted / 1000n)).toISOString().slice(0, -1)
  return `${ms}${String(shifted % 1000n).padStart(3, '0')}Z`
}

describe('added_after', () => {
  it('F-3: is strictly after: the date of an object excludes it', async () => {
    for (const [index, date] of dates.entries()) {
      await expectIds(`added_after=${date}`, ids.slice(index + 1))
    }
  })

  it('F-3: one microsecond earlier includes it, one later excludes it', async () => {
    const date = dates[2] ?? ''
    await expectIds(`added_after=${moved(date, -1)}`, ids.slice(2))
    await expectIds(`added_after=${moved(date, 1)}`, ids.slice(3))
  })

  it('F-4: without it the page starts from the oldest', async () => {
    await expectIds('', ids)
  })

  it('takes the same instant in every precision', async () => {
    const date = dates[1] ?? ''
    for (const cut of [date, date.replace('000Z', 'Z'), date.replace('Z', '000Z')]) {
      await expectIds(`added_after=${cut}`, ids.slice(2))
    }
  })

  it.each([
    '2024-01-02T03:04:05Z',
    '2024-01-02T03:04:05.1Z',
    '2024-01-02T03:04:05.12Z',
    '2024-01-02T03:04:05.123Z',
    '2024-01-02T03:04:05.123456Z',
    '2024-01-02T03:04:05.123456789Z',
    '1970-01-01T00:00:00Z',
    '1969-12-31T23:59:59.999999Z',
    '0001-01-01T00:00:00Z',
    '2024-02-29T00:00:00Z',
    '2024-01-02T03%3A04%3A05Z',
  ])('takes %s', async (date) => {
    await expectIds(`added_after=${date}`, ids)
  })

  it.each(['2099-01-01T00:00:00Z', '9999-12-31T23:59:59.999999Z'])(
    'takes the future %s, which gives an empty page',
    async (date) => {
      await expectIds(`added_after=${date}`, [])
    },
  )
})

describe('limit', () => {
  it.each([1, 2, 3, 5])(
    'F-6, F-8: %i gives as many, and says that there are more',
    async (limit) => {
      const { json } = await get(`limit=${limit}`)
      expect(idsOf(json)).toEqual(ids.slice(0, limit))
      expect([json.more, typeof json.next]).toEqual([true, 'string'])
    },
  )

  it.each([6, 7, 1000, 1001, 5000, 999999999999999])(
    'F-6, F-7: %i gives everything there is, and no more',
    async (limit) => {
      const { json } = await get(`limit=${limit}`)
      expect(idsOf(json)).toEqual(ids)
      expect(json.more).toBe(false)
      expect(json).not.toHaveProperty('next')
    },
  )

  it('F-8: knows of more only among what matches', async () => {
    const { json } = await get('limit=2&match[type]=identity,url')
    expect([idsOf(json), json.more]).toEqual([[who.id, url.id], false])
  })
})

describe('match[id] and match[type]', () => {
  it.each<[query: string, expected: string[]]>([
    [`match[id]=${ip.id}`, [ip.id]],
    [`match[id]=${url.id},${who.id}`, [who.id, url.id]],
    [`match[id]=${who.id},${who.id}`, [who.id]],
    [`match[id]=${indicator().id}`, []],
    ['match[id]=nothing-like-an-id', []],
    [`match[id]=${who.id.toUpperCase()}`, []],
    ['match[type]=identity', [who.id]],
    ['match[type]=indicator', [aboutIp.id, aboutDomain.id, aboutBoth.id]],
    ['match[type]=ipv4-addr', [aboutIp.id, aboutBoth.id, ip.id]],
    ['match[type]=domain-name', [aboutDomain.id, aboutBoth.id]],
    ['match[type]=malware', []],
    ['match[type]=x-custom-thing', []],
    ['match[type]=IDENTITY', []],
    ['type=indicator', [aboutIp.id, aboutDomain.id, aboutBoth.id]],
    ['type=ipv4-addr', [ip.id]],
  ])('E-5, D25: %s', async (query, expected) => {
    await expectIds(query, expected)
  })

  it.each<[query: string, expected: string[]]>([
    ['match[type]=identity,url', [who.id, url.id]],
    [`match[type]=indicator&match[id]=${aboutIp.id},${who.id}`, [aboutIp.id]],
    [`match[type]=url&match[id]=${who.id}`, []],
    ['type=indicator&match[type]=domain-name', [aboutDomain.id, aboutBoth.id]],
    [
      'match[type]=ipv4-addr,domain-name&type=indicator',
      [aboutIp.id, aboutDomain.id, aboutBoth.id],
    ],
    [`match[type]=ipv4-addr&match[id]=${ip.id},${aboutBoth.id},${url.id}`, [aboutBoth.id, ip.id]],
  ])('F-11, F-12: commas are OR, fields are AND: %s', async (query, expected) => {
    await expectIds(query, expected)
  })

  it('F-11: filters combine with position and limit', async () => {
    const query = `match[type]=ipv4-addr&added_after=${dates[1]}&limit=1`
    const { json } = await get(query)
    expect([idsOf(json), json.more]).toEqual([[aboutBoth.id], true])
  })

  it.each([
    'match%5Btype%5D=identity%2Curl',
    'match%5btype%5d=identity%2curl',
    'match[type]=identity,url',
    'match%5Btype]=identity,url',
  ])('takes brackets and commas raw or escaped: %s', async (query) => {
    await expectIds(query, [who.id, url.id])
  })

  it.each([
    'match[no_such_field]=x',
    'match[]=x',
    'match[=x',
    'unknown=x&unknown=y',
    'Limit=1',
    'added-after=2099-01-01T00:00:00Z',
    '__proto__=x',
    'constructor=x',
    'match[__proto__]=x',
  ])('F-13, F-14, D15: ignores %s', async (query) => {
    await expectIds(query, ids)
  })
})

describe('F-1, F-3, F-11, D26: a parameter that comes twice', () => {
  it.each([
    ['added_after', '2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z'],
    ['limit', '1', '2'],
    ['next', '', ''],
    ['type', 'identity', 'identity'],
    ['match[type]', 'identity', 'url'],
    ['match[id]', who.id, url.id],
    ['match[version]', 'first', 'last'],
    ['match[spec_version]', '2.0', '2.1'],
    ['match[no_such_field]', 'a', 'b'],
  ])('%s is refused', async (name, one, two) => {
    expectBadParameter(await get(`${name}=${one}&${name}=${two}`), name)
  })

  it('is the same however its brackets are written', async () => {
    expectBadParameter(await get('match[type]=a&match%5Btype%5D=b'), 'match[type]')
  })
})
