// TAXII 2.1 §3.1: what may be asked for and sent, and what comes back; with the headers that shipped
// clients send besides, and compression.
import { exports } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { sendText } from '../../support/endpoints.ts'
import { ask, ROOT, TAXII } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { askUnder } from '../../support/settings.ts'
import { indicator } from '../../support/stix.ts'
import {
  createCollection,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

const STIX = 'application/stix+json;version=2.1'

let collection: TestCollection
let key: string

beforeAll(async () => {
  collection = await createCollection()
  key = await createWriter()
  await importObjects(collection, [indicator()])
})

const objects = () => `${ROOT}/collections/${collection.id}/objects/`
const manifest = () => `${ROOT}/collections/${collection.id}/manifest/`
const accepting = (path: string, Accept: string) => ask(path, { key, headers: { Accept } })

describe('N-3, N-7: an Accept that gets TAXII 2.1', () => {
  it.each([
    'application/taxii+json;version=2.1',
    'application/taxii+json',
    'application/taxii+json; version=2.1',
    'application/taxii+json ; version = 2.1',
    'application/taxii+json;version="2.1"',
    'APPLICATION/TAXII+JSON;VERSION=2.1',
    'application/taxii+json;version=2',
    'application/taxii+json;version=2.1;charset=utf-8',
    'application/taxii+json;charset=utf-8',
    'application/taxii+json;q=0.1',
    'application/taxii+json;version=2.1,application/stix+json;version=2.1',
    'application/stix+json;version=2.1, application/taxii+json;version=2.1',
    'text/html, application/taxii+json;version=2.1',
    'application/taxii+json;version=2.0, application/taxii+json;version=2.1',
    'application/vnd.oasis.taxii+json; version=2.0, application/taxii+json; version=2.1',
    'application/json, text/plain, */*',
    '*/*',
    'application/*',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    ', application/taxii+json,,',
    'x"y,z", application/taxii+json',
  ])('%s', async (accept) => {
    for (const path of ['/taxii2/', objects(), manifest()]) {
      const { status, headers } = await accepting(path, accept)
      expect([status, headers.get('Content-Type')]).toEqual([200, TAXII])
    }
  })

  it.each(['', '  '])('D2: is also an Accept with nothing in it: "%s"', async (Accept) => {
    // Handed to the app itself, since an empty header gets lost on the way through the runtime.
    const { status, headers } = await askUnder({}, objects(), { key, headers: { Accept } })
    expect([status, headers.get('Content-Type')]).toEqual([200, TAXII])
  })

  it('D2: is also no Accept at all', async () => {
    const request = new Request(`https://taxii.test${objects()}`, {
      headers: { Authorization: `Bearer ${key}` },
    })
    const response = await exports.default.fetch(request)
    expect([response.status, response.headers.get('Content-Type')]).toEqual([200, TAXII])
    await response.body?.cancel()
  })
})

describe('N-9, D23: an Accept of STIX alone', () => {
  it.each([
    'application/stix+json;version=2.1',
    'application/stix+json; version=2.1',
    'application/stix+json',
    'application/stix+json;version=2.1, text/html',
  ])('%s gets pages under that name, with paging', async (accept) => {
    for (const path of [objects(), manifest()]) {
      const { status, headers, json } = await accepting(path, accept)
      expect([status, headers.get('Content-Type')]).toEqual([200, STIX])
      expect(json).toMatchObject({ more: false, objects: [expect.anything()] })
      expect(headers.get('X-TAXII-Date-Added-Last')).toMatch(/Z$/)
    }
  })

  it('is refused where there is no STIX to get', async () => {
    for (const path of ['/taxii2/', `${ROOT}/`, `${ROOT}/collections/`]) {
      expectRefusal(await accepting(path, STIX), { status: 406, code: 'not_acceptable' })
    }
  })

  it('still gets errors in TAXII', async () => {
    const answer = await accepting(`${objects()}?limit=0`, STIX)
    expectRefusal(answer, { status: 400, code: 'invalid_parameter' })
  })
})

describe('N-5, N-8: an Accept that is refused with 406', () => {
  it.each([
    'text/html',
    'application/json',
    'invalid',
    'application/xml, text/xml',
    'text/*',
    'application/taxii+json;version=2.0',
    'application/taxii+json; version="2.0"',
    'application/taxii+json;version=9.9',
    'application/vnd.oasis.taxii+json',
    'application/vnd.oasis.taxii+json; version=2.0',
    'application/vnd.oasis.stix+json; version=2.0',
    'application/stix+json;version=2.0',
    'application/taxii+json;q=0',
    'application/taxii+json;version=2.1;q=0',
    'application/taxii+json;q=0.0, text/html',
    '*/*;q=0',
    'application/taxii+jsonx',
    'xapplication/taxii+json',
    '"application/taxii+json"',
  ])('%s', async (accept) => {
    for (const path of ['/taxii2/', objects(), manifest()]) {
      const answer = await accepting(path, accept)
      expectRefusal(answer, { status: 406, code: 'not_acceptable' })
      expect(answer.json.details.offered).toContain(TAXII)
    }
  })
})

describe('the Content-Type of a write', () => {
  const body = JSON.stringify({ objects: [indicator()] })
  const send = (type: string) => ask(objects(), { key, ...sendText(body, type) })

  it.each([
    'application/taxii+json;version=2.1',
    'application/taxii+json',
    'application/taxii+json; version=2.1',
    'application/taxii+json; charset=utf-8; version=2.1',
    'application/taxii+json;version="2.1";charset="UTF-8"',
    'Application/TAXII+JSON',
    'application/stix+json;version=2.1',
    'application/stix+json; version=2.1',
    'application/taxii+json;version=2.1, application/stix+json;version=2.1',
    'application/stix+json;version=2.1,application/taxii+json;version=2.1',
    'application/json, application/taxii+json;version=2.1',
  ])('N-4, D24: %s is taken', async (type) => {
    const { status, headers } = await send(type)
    expect([status, headers.get('Content-Type')]).toEqual([202, TAXII])
  })

  it.each([
    'application/json',
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/taxii+json;version=2.0',
    'application/taxii+json;version=3.0',
    'application/vnd.oasis.stix+json; version=2.0',
    'application/stix+json;version=2.0',
    'application/octet-stream',
    'nonsense',
    '',
  ])('N-6: %s is refused with 415', async (type) => {
    const answer = await send(type)
    expectRefusal(answer, { status: 415, code: 'unsupported_media_type' })
    expect(answer.json.description).toContain(TAXII)
  })

  it('N-6: none at all is refused with 415', async () => {
    const answer = await ask(objects(), {
      key,
      method: 'POST',
      body: new TextEncoder().encode(body),
    })
    expectRefusal(answer, { status: 415, code: 'unsupported_media_type' })
  })

  it.each(['application/taxii+json;version=2.1', 'application/json', 'nonsense'])(
    'counts for nothing on GET: %s',
    async (type) => {
      const headers = { 'Content-Type': type }
      expect((await ask(objects(), { key, headers })).status).toBe(200)
    },
  )
})

describe('E-8: headers that a server should live with', () => {
  it.each([
    ['an old client', { 'User-Agent': 'curl/7.58.0' }],
    ['an empty User-Agent', { 'User-Agent': '' }],
    ['a Range of TAXII 2.0', { Range: 'items 0-10000' }],
    ['a Range of bytes', { Range: 'bytes=0-10' }],
    ['an Origin', { Origin: 'https://elsewhere.example' }],
    ['a bookmark that is none', { 'X-D1-Bookmark': 'no bookmark; DROP' }],
  ])('%s', async (_, headers) => {
    expect((await ask(objects(), { key, headers })).status).toBe(200)
  })
})
