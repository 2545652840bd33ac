// Nothing that is written down holds a key: whichever way the key was sent, wherever it was put by
// mistake, and whatever became of the request.
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { clientNameOf } from '../../../src/observe/client-name.ts'
import { mayHoldSecret, withoutSecrets } from '../../../src/observe/secrets.ts'
import { sendObjects } from '../../support/endpoints.ts'
import { type Asked, operate, ROOT } from '../../support/http.ts'
import { indicators } from '../../support/stix.ts'
import { type Bindings, workerUnder } from '../../support/watched.ts'
import { createCollection, createKey, createWriter, importObjects } from '../../support/world.ts'

type Sent = { path: string; asked: Asked }

/** Every form of a credential that clients send. */
const credentials: [name: string, (key: string) => Pick<Asked, 'headers'> & { query?: string }][] =
  [
    ['Basic, as the password', (key) => authorization(`Basic ${btoa(`apikey:${key}`)}`)],
    ['Basic, as the user', (key) => authorization(`Basic ${btoa(`${key}:`)}`)],
    ['Basic, without a colon', (key) => authorization(`Basic ${btoa(key)}`)],
    ['Bearer', (key) => authorization(`Bearer ${key}`)],
    ['Token', (key) => authorization(`Token ${key}`)],
    ['API-Key', (key) => authorization(`API-Key ${key}`)],
    ['ApiKey', (key) => authorization(`ApiKey ${key}`)],
    ['an unknown scheme', (key) => authorization(`Digest ${key}`)],
    ['nothing but the key', (key) => authorization(key)],
    ['X-API-Key', (key) => ({ headers: { 'X-API-Key': key } })],
    ['?api_key=', (key) => ({ query: `api_key=${key}` })],
  ]

function authorization(value: string) {
  return { headers: { Authorization: value } }
}

/** Where keys end up that should be elsewhere; each beside a credential that is in its place. */
const misplaced: [name: string, (key: string) => { path?: string; headers?: object }][] = [
  ['the path of a collection', (key) => ({ path: `${ROOT}/collections/${key}/objects/` })],
  ['the path of an object', (key) => ({ path: `${ROOT}/collections/x/objects/${key}/` })],
  ['the path of a status', (key) => ({ path: `${ROOT}/status/${key}/` })],
  ['a path that is none', (key) => ({ path: `/${key}/objects/` })],
  ['a path below TAXII that is none', (key) => ({ path: `/taxii2/${key}` })],
  ['the path of the operator', (key) => ({ path: `/admin/keys/${key}/usage/` })],
  ['the user agent', (key) => ({ headers: { 'User-Agent': `curl/8 (${key})` } })],
  ['the user agent, as Basic', (key) => ({ headers: { 'User-Agent': `x ${btoa(`me:${key}`)}` } })],
  ['X-Request-Id', (key) => ({ headers: { 'X-Request-Id': key } })],
  ['X-Request-Id, in more', (key) => ({ headers: { 'X-Request-Id': `id-${key}.1` } })],
  ['X-Request-Id, in base64', (key) => ({ headers: { 'X-Request-Id': btoa(`apikey:${key}`) } })],
  ['a cursor', (key) => ({ path: `${ROOT}/collections/{id}/objects/?next=${key}` })],
  ['a filter', (key) => ({ path: `${ROOT}/collections/{id}/objects/?match[id]=${key}` })],
  ['a bad filter', (key) => ({ path: `${ROOT}/collections/{id}/objects/?added_after=${key}` })],
  ['another parameter', (key) => ({ path: `${ROOT}/collections/?token=${key}` })],
  ['Accept', (key) => ({ headers: { Accept: `application/${key}` } })],
  ['X-D1-Bookmark', (key) => ({ headers: { 'X-D1-Bookmark': key } })],
  ['If-None-Match', (key) => ({ headers: { 'If-None-Match': `"${key}"` } })],
]

let collectionId: string
let good: string

beforeAll(async () => {
  const collection = await createCollection()
  collectionId = collection.id
  good = await createWriter()
  await importObjects(collection, indicators(2))
})

/** A query fails with the words of D1, as it would if it quoted what it was given. */
const brokenDatabase = {
  withSession: () => ({ prepare: (sql: string) => brokenStatement(sql, []) }),
}

function brokenStatement(sql: string, values: unknown[]): object {
  const fail = async () => {
    throw new Error(`D1_ERROR: ${sql.slice(0, 20)} failed near "${values.join()}"`)
  }
  const bind = (...bound: unknown[]) => brokenStatement(sql, bound)
  return { bind, raw: fail, all: fail, run: fail, first: fail }
}

/** A fault of the code, in words that happen to know the request. */
function fault(): never {
  throw new TypeError(`cannot read ${good}`)
}

const worlds: [name: string, bindings: Bindings][] = [
  ['as it should', {}],
  ['without a database', { DB: brokenDatabase }],
  ['with a fault', { DB: { withSession: fault } }],
  ['without the objects of keys', { API_KEYS: { getByName: fault } }],
  ['without a configuration', { PAGE_LIMIT_MAX: 'many' }],
]

/** Parts of the key that let nobody in are no secret; half of one might be. */
function expectNothingOf(key: string, text: string): void {
  for (const form of [key, btoa(key), btoa(`apikey:${key}`), btoa(`${key}:`), btoa(`me:${key}`)]) {
    for (let start = 0; start + 20 <= form.length; start++) {
      expect(text).not.toContain(form.slice(start, start + 20))
    }
  }
  expect(text).not.toMatch(/api_key=|next=|match\[|token=/)
}

async function linesOf({ path, asked }: Sent, bindings: Bindings): Promise<string[]> {
  const points: unknown[] = []
  const ANALYTICS = { writeDataPoint: (point: unknown) => void points.push(point) }
  const worker = workerUnder({ REQUEST_LOG: 'all', ANALYTICS, ...bindings })
  const { lines, answer } = await worker.watch(path, asked)
  return [
    ...lines,
    ...points.map((point) => JSON.stringify(point)),
    answer.headers.get('X-Request-Id') ?? '',
  ]
}

const damaged = (key: string) => `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`

describe.each(worlds)('when the Worker answers %s', (_, bindings) => {
  it.each(credentials)('a key sent as %s is in no line', async (_form, credential) => {
    const revoked = await createKey()
    await operate('POST', `/keys/${revoked.id}/revoke/`)
    for (const key of [good, damaged(good), revoked.key, env.ADMIN_TOKEN]) {
      const { headers = {}, query } = credential(key)
      const paths = [
        `${ROOT}/collections/${collectionId}/objects/`,
        `${ROOT}/none/`,
        '/admin/keys/',
      ]
      for (const path of paths) {
        const sent = { path: query === undefined ? path : `${path}?${query}`, asked: { headers } }
        const written = await linesOf(sent, bindings)
        expect(written.length).toBeGreaterThan(1)
        expectNothingOf(key, written.join('\n'))
      }
    }
  })

  it.each(misplaced)('a key in %s is in no line', async (_place, place) => {
    const other = await createWriter()
    for (const key of [other, good, env.ADMIN_TOKEN]) {
      const { path = `${ROOT}/collections/{id}/objects/`, headers = {} } = place(key)
      for (const holder of [good, env.ADMIN_TOKEN]) {
        const sent = {
          path: path.replace('{id}', collectionId),
          asked: { key: holder, headers: headers as Record<string, string> },
        }
        const written = (await linesOf(sent, bindings)).join('\n')
        expectNothingOf(key, written)
        expectNothingOf(holder, written)
      }
    }
  })

  it('a key in a body is in no line', async () => {
    const path = `${ROOT}/collections/${collectionId}/objects/`
    for (const body of [good, `{"${good}":1}`, JSON.stringify({ objects: [{ type: good }] })]) {
      const written = await linesOf(
        { path, asked: { ...sendObjects([]), body, key: good } },
        bindings,
      )
      expectNothingOf(good, written.join('\n'))
    }
  })
})

describe('what is taken for a secret', () => {
  const base62 = fc.string({
    unit: fc.constantFrom(...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'),
    minLength: 38,
    maxLength: 38,
  })
  const key = fc
    .tuple(fc.stringMatching(/^[A-Za-z0-9]{2,16}$/), base62)
    .map((parts) => parts.join('_'))
  const around = fc.string({ unit: fc.constantFrom(...'ab1 ;:/-_.()'), maxLength: 12 })

  const texts = fc
    .tuple(around, key, around, fc.boolean())
    .map(([before, secret, after, isEncoded]) => {
      const encoded = btoa(before + secret + after)
      return { secret, text: isEncoded ? `x ${encoded}` : before + secret + after }
    })

  it('is every key, among other text, in plain and in base64 at any offset', () => {
    fc.assert(
      fc.property(texts, ({ secret, text }) => {
        expect(mayHoldSecret(text)).toBe(true)
        const clean = `${withoutSecrets(text)} ${clientNameOf(text)}`
        expectNothingOf(secret, clean)
        expect(clean).not.toMatch(/[A-Za-z0-9+/]{40}/)
      }),
    )
  })

  it.each([
    'req_0123456789abcdef0123456789abcdef',
    '3f2b8a7c-1d2e-4f50-8a6b-7c8d9e0f1a2b',
    '0af7651916cd43dd8448eb211c80319c',
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    '01HZX3J9K2M4N6P8Q0R2S4T6V8',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)',
    'python-requests/2.32.3',
    'Elastic-filebeat/8.19.0 (linux; amd64; a5c4d1f3b2e6978012345678; 2026-01-01)',
  ])('is not %s', (text) => {
    expect(mayHoldSecret(text)).toBe(false)
  })
})

describe('the name of a client', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['python-requests/2.32.3', 'python-requests/2.32.3'],
    ['a\u0007b\u00e9\u{1f600}', 'a?b???'],
    ['x '.repeat(200), 'x '.repeat(50)],
  ])('%o is written %o', (userAgent, name) => {
    expect(clientNameOf(userAgent)).toBe(name)
  })
})
