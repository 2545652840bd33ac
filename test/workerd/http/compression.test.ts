// Compression and revalidation of pages: gzip when the client takes it, once; plain otherwise; the
// same page under the same tag.
import { exports } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, ROOT, requestOf } from '../../support/http.ts'
import { expectRateLimitHeaders } from '../../support/refusal.ts'
import { indicators } from '../../support/stix.ts'
import { idsOf } from '../../support/walk.ts'
import {
  createCollection,
  createReader,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

let collection: TestCollection
let key: string

const objects = indicators(20)
const ids = objects.map(({ id }) => id)

beforeAll(async () => {
  collection = await createCollection()
  key = await createReader()
  await importObjects(collection, objects)
})

const paths = ['objects/', 'manifest/'] as const

/** What a 304 says as the 200 would (RFC 9110 §15.4.5), and the position of the page. */
const KEPT_WITH_304 = [
  'ETag',
  'Cache-Control',
  'Vary',
  'X-TAXII-Date-Added-First',
  'X-TAXII-Date-Added-Last',
]
const path = (tail: string) => `${ROOT}/collections/${collection.id}/${tail}`

/** The bytes of the answer as they are on the wire. */
async function fetchRaw(tail: string, encoding: string, method = 'GET') {
  const headers = { 'Accept-Encoding': encoding }
  const response = await exports.default.fetch(requestOf(path(tail), { key, headers, method }))
  return { response, bytes: new Uint8Array(await response.arrayBuffer()) }
}

async function gunzip(bytes: Uint8Array): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return await new Response(stream).text()
}

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b

describe.each(paths)('%s', (tail) => {
  it.each(['gzip', 'gzip, deflate', 'br;q=1.0, gzip;q=0.8, *;q=0.1', 'GZIP'])(
    'is compressed once for %s',
    async (encoding) => {
      const { response, bytes } = await fetchRaw(tail, encoding)
      expect(response.headers.get('Content-Encoding')).toBe('gzip')
      const text = isGzip(bytes) ? await gunzip(bytes) : new TextDecoder().decode(bytes)
      expect(idsOf(JSON.parse(text))).toEqual(ids)
    },
  )

  it.each(['', 'identity', 'br', 'gzip;q=0', 'deflate'])('is plain for %s', async (encoding) => {
    const { response, bytes } = await fetchRaw(tail, encoding)
    expect(response.headers.has('Content-Encoding')).toBe(false)
    expect(idsOf(JSON.parse(new TextDecoder().decode(bytes)))).toEqual(ids)
  })

  it('says that the answer varies by encoding and key, and is for nobody else', async () => {
    const { response } = await fetchRaw(tail, 'gzip')
    expect(response.headers.get('Vary')).toMatch(/Accept-Encoding/)
    expect(response.headers.get('Vary')).toMatch(/Authorization/)
    expect(response.headers.get('Cache-Control')).toMatch(/^private/)
  })

  it('answers HEAD without a body, compressed or not', async () => {
    for (const encoding of ['gzip', 'identity']) {
      const { response, bytes } = await fetchRaw(tail, encoding, 'HEAD')
      expect([response.status, bytes.length]).toEqual([200, 0])
    }
  })

  it.each<[what: string, held: (etag: string) => string]>([
    ['by its tag', (etag) => etag],
    ['by its tag made strong on the way', (etag) => etag.slice(2)],
    ['by one of several tags', (etag) => `"other", ${etag},W/"third"`],
    ['by any tag', () => '*'],
  ])('is not sent again to who has it %s', async (_, held) => {
    const first = await ask(path(tail), { key })
    const etag = first.headers.get('ETag') ?? ''
    expect(etag).toMatch(/^W\/"[^",]+"$/)
    for (const method of ['GET', 'HEAD']) {
      const headers = { 'If-None-Match': held(etag), 'Accept-Encoding': 'gzip' }
      const again = await ask(path(tail), { key, method, headers })
      expect([again.status, again.text]).toEqual([304, ''])
      expect(again.headers.has('Content-Encoding')).toBe(false)
      expectRateLimitHeaders(again)
      for (const name of KEPT_WITH_304) {
        expect(again.headers.get(name), name).toBe(first.headers.get(name))
        expect(again.headers.get(name), name).toMatch(/\S/)
      }
    }
  })

  it.each(['W/"stale"', '"', 'W/', '', ',', 'nonsense'])(
    'is sent to who holds %s',
    async (held) => {
      const { status, json } = await ask(path(tail), { key, headers: { 'If-None-Match': held } })
      expect([status, idsOf(json)]).toEqual([200, ids])
    },
  )

  it('has another tag once it shows something else', async () => {
    const growing = await createCollection()
    const at = `${ROOT}/collections/${growing.id}/${tail}?limit=2`
    const tags = new Set<string | null>()
    for (const more of [objects.slice(0, 1), objects.slice(1, 2), objects.slice(2, 3)]) {
      await importObjects(growing, more)
      tags.add((await ask(at, { key })).headers.get('ETag'))
    }
    expect(tags.size).toBe(3)
  })

  it('is never given to a key that may not see it, though it is kept', async () => {
    await ask(path(tail), { key })
    const other = await createCollection()
    const outsider = await createReader({ collections: [other.id] })
    expect((await ask(path(tail), { key: outsider })).status).toBe(404)
    const writer = await createWriter({ scopes: ['write:stix'] })
    expect((await ask(path(tail), { key: writer })).status).toBe(403)
    expect((await ask(path(tail))).status).toBe(401)
  })
})
