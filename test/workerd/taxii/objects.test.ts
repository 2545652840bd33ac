import { beforeAll, describe, expect, it } from 'vitest'
import { ask, ROOT, TAXII } from '../../support/http.ts'
import { identity, indicator, observable } from '../../support/stix.ts'
import {
  createCollection,
  createReader,
  importObjects,
  importText,
  type TestCollection,
} from '../../support/world.ts'

let collection: TestCollection
let key: string

const who = identity()
const aboutIp = indicator({ created_by_ref: who.id })
const aboutDomain = indicator({ pattern: "[domain-name:value = 'c2.example']" })
const ip = observable('ipv4-addr', '203.0.113.9')

beforeAll(async () => {
  collection = await createCollection()
  key = await createReader()
  await importObjects(collection, [who, aboutIp, aboutDomain, ip])
})

const path = (query = '') => `${ROOT}/collections/${collection.alias}/objects/${query}`
const ids = (json: { objects: { id: string }[] }) => json.objects.map(({ id }) => id)

describe('Get Objects', () => {
  it('answers with a bundle that is an envelope too', async () => {
    const { status, headers, json } = await ask(path(), { key })
    expect(status).toBe(200)
    expect(headers.get('Content-Type')).toBe(TAXII)
    expect(json).toMatchObject({ type: 'bundle', more: false })
    expect(json.id).toMatch(/^bundle--[0-9a-f-]{36}$/)
    expect(json).not.toHaveProperty('next')
    expect(json.objects).toEqual([who, aboutIp, aboutDomain, ip])
  })

  it('dates the page by its first and last object, in six digits', async () => {
    const { headers } = await ask(path(), { key })
    const first = headers.get('X-TAXII-Date-Added-First') ?? ''
    const last = headers.get('X-TAXII-Date-Added-Last') ?? ''
    for (const date of [first, last])
      expect(date).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z$/)
    expect(last > first).toBe(true)
  })

  it.each([
    ['?type=indicator', [aboutIp.id, aboutDomain.id]],
    ['?type=ipv4-addr', [ip.id]],
    ['?match[type]=ipv4-addr', [aboutIp.id, ip.id]],
    ['?match%5Btype%5D=ipv4-addr%2Cidentity', [who.id, aboutIp.id, ip.id]],
    ['?type=indicator&match[type]=ipv4-addr', [aboutIp.id]],
    [`?match[id]=${ip.id},${who.id}`, [who.id, ip.id]],
    ['?match[type]=nothing-such', []],
    ['?match[unknown]=x', [who.id, aboutIp.id, aboutDomain.id, ip.id]],
    ['?limit=5000', [who.id, aboutIp.id, aboutDomain.id, ip.id]],
    ['?next=', [who.id, aboutIp.id, aboutDomain.id, ip.id]],
  ])('%s selects what it names', async (query, expected) => {
    const { status, json } = await ask(path(query), { key })
    expect([status, ids(json)]).toEqual([200, expected])
  })

  it('walks by next, with the limit and filters of the first page', async () => {
    const seen: string[] = []
    let query = '?limit=1&match[type]=indicator,ipv4-addr'
    for (let pages = 0; pages < 10; pages++) {
      const { json } = await ask(path(query), { key })
      seen.push(...ids(json))
      if (!json.more) break
      expect(json.next).toBeTypeOf('string')
      query = `?next=${json.next}`
    }
    expect(seen).toEqual([aboutIp.id, aboutDomain.id, ip.id])
  })

  it('echoes the position on an empty page', async () => {
    const { json, headers } = await ask(path('?added_after=2099-01-01T00:00:00.5Z'), { key })
    expect(json).toMatchObject({ more: false, objects: [] })
    for (const name of ['X-TAXII-Date-Added-First', 'X-TAXII-Date-Added-Last']) {
      expect(headers.get(name)).toBe('2099-01-01T00:00:00.500000Z')
    }
  })

  it('sends no date of an empty page without a position', async () => {
    const empty = await createCollection()
    const { status, headers } = await ask(`${ROOT}/collections/${empty.id}/objects/`, { key })
    expect(status).toBe(200)
    expect(headers.has('X-TAXII-Date-Added-Last')).toBe(false)
  })

  it('returns the text of an object as it came', async () => {
    const exact = await createCollection()
    const text = `{ "type":"x-exact","spec_version":"2.1", "id":"x-exact--${crypto.randomUUID()}","created":"2024-01-01T00:00:00.000Z","modified":"2024-01-01T00:00:00.000Z","n":1.0, "big":12345678901234567890 }`
    await importText(exact, `{"objects":[${text}]}`)
    expect((await ask(`${ROOT}/collections/${exact.id}/objects/`, { key })).text).toContain(text)
  })
})
