// Requests that make no sense: each is refused with a clear 4xx that names what is wrong, and none
// is ever a 500.
import { beforeAll, describe, expect, it } from 'vitest'
import { type Asked, ask, ROOT } from '../../support/http.ts'
import { expectBadParameter, expectRefusal } from '../../support/refusal.ts'
import { indicator } from '../../support/stix.ts'
import { shown } from '../../support/table.ts'
import {
  createCollection,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

let collection: TestCollection
let key: string

const object = indicator()

beforeAll(async () => {
  collection = await createCollection()
  key = await createWriter()
  await importObjects(collection, [object])
})

/** The same of parameters: a name that fits, the parameter, its value. */
function pairs(rows: [name: string, value: string][]): [string, string, string][] {
  return rows.map(([name, value]) => [`${name}=${shown([value])[0]?.[0]}`, name, value])
}

const root = () => `${ROOT}/collections/${collection.id}`
const get = (query: string) => ask(`${root()}/objects/?${query}`, { key })

describe('F-1, F-3: added_after', () => {
  it.each(
    shown([
      '',
      ' ',
      'x',
      '0',
      '1714557600',
      'now',
      'null',
      'undefined',
      'NaN',
      '2024',
      '2024-05',
      '2024-05-01',
      '2024-05-01T10:00Z',
      '2024-05-01T10:00:00',
      '2024-05-01 10:00:00Z',
      '2024-05-01T10:00:00z',
      '2024-05-01t10:00:00Z',
      '2024-05-01T10:00:00.Z',
      '2024-05-01T10:00:00.1234567890Z',
      '2024-05-01T10:00:00,5Z',
      '2024-05-01T10:00:00%2B00:00',
      '2024-05-01T10:00:00+00:00',
      '2024-05-01T10:00:00%2B02:00',
      '2024-05-01T10:00:00-00:00',
      '2024-05-01T10:00:00ZZ',
      ' 2024-05-01T10:00:00Z',
      '2024-05-01T10:00:00Z%20',
      '2024-05-01T10:00:00Z%00',
      '2024-05-01T10:00:00Z%0A',
      '2024-02-30T00:00:00Z',
      '2023-02-29T00:00:00Z',
      '2024-00-01T00:00:00Z',
      '2024-13-01T00:00:00Z',
      '2024-05-00T00:00:00Z',
      '2024-05-32T00:00:00Z',
      '2024-05-01T24:00:00Z',
      '2024-05-01T23:60:00Z',
      '2024-05-01T23:59:60Z',
      '10000-01-01T00:00:00Z',
      '-2024-01-01T00:00:00Z',
      '24-05-01T10:00:00Z',
      '20240501T100000Z',
      '2024-W18-3T10:00:00Z',
      'Wed, 01 May 2024 10:00:00 GMT',
      '2024-05-01T10:00:00Z,2024-05-02T10:00:00Z',
      '２０２４-05-01T10:00:00Z',
      'x'.repeat(5000),
    ]),
  )('refuses %s and shows the form that is wanted', async (_, date) => {
    const answer = await get(`added_after=${date}`)
    expectBadParameter(answer, 'added_after')
    expect(answer.json.description).toMatch(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/)
  })
})

describe('F-1, F-5: limit', () => {
  it.each(
    shown([
      '',
      '0',
      '00',
      '-0',
      '-1',
      '%2B1',
      '1.0',
      '1.5',
      '1e3',
      '0x10',
      'x',
      '10x',
      ' 10',
      '10%20',
      '1,2',
      '1_000',
      '１０',
      'Infinity',
      'NaN',
      'null',
      '9999999999999999',
      '9'.repeat(400),
      '1%00',
      '1%0A',
    ]),
  )('refuses %s', async (_, limit) => {
    expectBadParameter(await get(`limit=${limit}`), 'limit')
  })
})

describe('F-1, D11: other parameters', () => {
  it.each(
    pairs([
      ['type', ''],
      ['type', 'indicator,identity'],
      ['match[type]', ''],
      ['match[type]', ','],
      ['match[type]', 'indicator,'],
      ['match[type]', ',indicator'],
      ['match[type]', 'a,,b'],
      ['match[type]', Array.from({ length: 101 }, (_, i) => `x-${i}`).join(',')],
      ['match[id]', ''],
      ['match[id]', `${object.id},`],
      ['match[id]', Array.from({ length: 3000 }, () => object.id).join(',')],
      ['match[id]', ','.repeat(50_000)],
      [
        'match[version]',
        Array.from({ length: 101 }, (_, i) => `2024-01-01T00:00:00.${1000 + i}Z`).join(),
      ],
      ['match[spec_version]', Array.from({ length: 101 }, (_, i) => `2.${i}`).join(',')],
      ['match[confidence-gte]', 'high'],
      ['match[confidence-gte]', '1,2'],
      ['match[modified-gte]', 'yesterday'],
      ['match[revoked]', 'maybe'],
      ['match[tlp]', 'purple'],
      ['match[tlp]', 'constructor'],
      ['match[tlp]', '__proto__'],
      ['x_sort', 'up'],
    ]),
  )('refuses %s', async (_, name, value) => {
    expectBadParameter(await get(`${name}=${value}`), name)
  })

  it.each(
    pairs([
      ['match[type]', '%00'],
      ['match[type]', '%F0%9F%98%80'],
      ['match[type]', "' OR 1=1 --"],
      ['match[type]', '*'],
      ['match[type]', 'x'.repeat(5000)],
      ['match[id]', '%00%01'],
      ['match[id]', '%E0%A4%A'],
      ['match[id]', '%ED%A0%80'],
      ['match[id]', 'id:*'],
      ['match[spec_version]', '99999999999.99999999999'],
      ['type', '%00'],
      ['match[name]', '%00"'],
      ['match[pattern]', "[file:name = 'x']"],
    ]),
  )('%s is well-formed and matches nothing', async (_, name, value) => {
    const { status, json } = await get(`${name}=${value}`)
    expect([status, json.objects]).toEqual([200, []])
  })

  it.each(
    shown([
      '%',
      '%%%',
      '&&&',
      '=&=',
      '?',
      '%00=%00',
      '%E0%A4%A=x',
      'x'.repeat(50_000),
      Array.from({ length: 5000 }, (_, i) => `p${i}=${i}`).join('&'),
      Array.from({ length: 2000 }, (_, i) => `match[f${i}]=${i}`).join('&'),
    ]),
  )('a query that says nothing is passed over: %s', async (_, query) => {
    const { status, json } = await get(query)
    expect([status, json.objects]).toEqual([200, [object]])
  })

  it('thousands of values of one unknown match field are one parameter too many', async () => {
    const query = Array.from({ length: 5000 }, (_, i) => `match[f]=${i}`).join('&')
    expectBadParameter(await get(query), 'match[f]')
  })
})

describe('a path that is spoilt', () => {
  it.each(
    shown([
      '%',
      '%zz',
      '%E0%A4%A',
      '%FF%FE',
      '%00',
      '%0d%0aX-Injected:%20yes',
      '..%2f..%2f..%2fadmin%2fkeys',
      '.',
      '%2e',
      "'%20OR%201=1%20--",
      '%F0%9F%98%80',
      'x'.repeat(8000),
    ]),
  )('%s is a 404 wherever it stands', async (_, part) => {
    const paths = [
      `${ROOT}/collections/${part}/objects/`,
      `${root()}/objects/${part}/`,
      `${root()}/objects/${part}/versions/`,
      `${ROOT}/status/${part}/`,
      `${ROOT}/${part}/`,
    ]
    for (const path of paths) {
      const { status, headers } = await ask(path, { key })
      // A dot is a folder to whoever parses URLs: the path is then a shorter one.
      expect([404, ...(/^(\.|%2e)$/.test(part) ? [200] : [])]).toContain(status)
      expect(headers.has('X-Injected')).toBe(false)
    }
  })
})

describe('several faults at once', () => {
  it.each<[what: string, asked: Asked, path: string, status: number, code: string]>([
    [
      'no key, bad Accept, bad query',
      { headers: { Accept: 'text/html' } },
      '?limit=0',
      401,
      'missing_api_key',
    ],
    ['bad key and unknown method', { method: 'PUT', key: 'x' }, '', 405, 'method_not_allowed'],
  ])('%s: the first gate answers', async (_, asked, query, status, code) => {
    expectRefusal(await ask(`${root()}/objects/${query}`, asked), { status, code })
  })

  it('the Accept is judged before the query, the query before the collection', async () => {
    const headers = { Accept: 'text/html' }
    expect((await ask(`${root()}/objects/?limit=0`, { key, headers })).status).toBe(406)
    const unknown = `${ROOT}/collections/${crypto.randomUUID()}/objects/?limit=0`
    expectBadParameter(await ask(unknown, { key }), 'limit')
  })
})
