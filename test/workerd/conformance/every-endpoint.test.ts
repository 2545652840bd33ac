// The gates that stand before every TAXII operation, tried on each row of the routing table.
import { beforeAll, describe, expect, it } from 'vitest'
import {
  askedOf,
  type Endpoints,
  fillPath,
  makeEndpoints,
  named,
  sendObjects,
  taxiiOperations,
} from '../../support/endpoints.ts'
import { type Answer, ask, ROOT, TAXII } from '../../support/http.ts'
import { holdClock } from '../../support/key-object.ts'
import { expectChallenges, expectRateLimitHeaders, expectRefusal } from '../../support/refusal.ts'
import { indicator, stixId } from '../../support/stix.ts'
import { createCollection, createKey, createWriter } from '../../support/world.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

const everyOperation = named(taxiiOperations)
const inCollection = everyOperation.filter(([, { path }]) => path.includes('{collectionId}'))
const withParameters = everyOperation.filter(([, { path }]) => path.includes('{'))
const scoped = everyOperation.filter(([, { access }]) => access.by === 'key' && access.scope)
const everyPath = [...new Set(taxiiOperations.map(({ path }) => path))]

let endpoints: Endpoints

beforeAll(async () => {
  endpoints = await makeEndpoints()
})

/** The answer without what differs from request to request. */
function stable({ status, headers, text }: Answer) {
  const body = text
    .replace(/(?:bundle--)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/req_[0-9a-f]{32}/g, 'REQUEST')
  return { status, contentType: headers.get('Content-Type'), body }
}

it('§1.2: has the eleven endpoints of TAXII 2.1, and discovery beside the root', () => {
  expect(everyOperation.map(([name]) => name)).toEqual([
    'GET /taxii2/',
    'GET /api/taxii2/',
    `GET ${ROOT}/`,
    `GET ${ROOT}/status/{statusId}/`,
    `GET ${ROOT}/collections/`,
    `GET ${ROOT}/collections/{collectionId}/`,
    `GET ${ROOT}/collections/{collectionId}/manifest/`,
    `GET ${ROOT}/collections/{collectionId}/objects/`,
    `POST ${ROOT}/collections/{collectionId}/objects/`,
    `GET ${ROOT}/collections/{collectionId}/objects/{objectId}/`,
    `DELETE ${ROOT}/collections/{collectionId}/objects/{objectId}/`,
    `GET ${ROOT}/collections/{collectionId}/objects/{objectId}/versions/`,
  ])
})

describe.each(everyOperation)('%s', (_, operation) => {
  const asked = askedOf(operation)

  it('E-2, E-4: succeeds with its status and the TAXII content type', async () => {
    const path = await endpoints.pathOf(operation)
    const answer = await ask(path, { ...asked, key: endpoints.writer })
    expect(answer.status, answer.text).toBe(operation.success.status)
    expect(answer.headers.get('Content-Type')).toBe(TAXII)
    expect(answer.headers.get('X-Request-Id')).toMatch(/^req_/)
    expect(answer.headers.get('Cache-Control')).toMatch(/private|no-store/)
    expectRateLimitHeaders(answer)
    if (operation.success.schema === undefined) expect(answer.text).toBe('')
    else expect(operation.success.schema.safeParse(answer.json).error).toBeUndefined()
  })

  it('A-3, A-4, A-5, D14: is refused with 401 and challenges without a key', async () => {
    const answer = await ask(await endpoints.pathOf(operation), asked)
    expectRefusal(answer, { status: 401, code: 'missing_api_key' })
    expectChallenges(answer)
    expect(answer.headers.has('X-RateLimit-Limit')).toBe(false)
  })

  it('A-3, A-4: is refused with 401 and challenges with a bad key', async () => {
    const key = `${endpoints.writer.slice(0, -1)}${endpoints.writer.endsWith('a') ? 'b' : 'a'}`
    const answer = await ask(await endpoints.pathOf(operation), { ...asked, key })
    expectRefusal(answer, { status: 401, code: 'invalid_api_key' })
    expectChallenges(answer)
  })

  it('N-5: is refused with 406 when only HTML is accepted', async () => {
    const answer = await ask(await endpoints.pathOf(operation), {
      ...asked,
      key: endpoints.writer,
      headers: { ...asked.headers, Accept: 'text/html' },
    })
    expectRefusal(answer, { status: 406, code: 'not_acceptable' })
    expect(answer.json.description).toContain(TAXII)
    expectRateLimitHeaders(answer)
  })

  it('is refused with 429 when the key has nothing left', async () => {
    const spent = await createKey({ scopes: ['read:stix', 'write:stix'], per_minute: 1 })
    await holdClock(spent)
    expect((await ask('/taxii2/', { key: spent.key })).status).toBe(200)
    const answer = await ask(await endpoints.pathOf(operation), { ...asked, key: spent.key })
    expectRefusal(answer, { status: 429, code: 'rate_limit_exceeded' })
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThanOrEqual(1)
    expect(answer.headers.get('Retry-After')).toMatch(/^\d+$/)
    expect(answer.headers.get('X-RateLimit-Remaining')).toBe('0')
    expectRateLimitHeaders(answer)
  })

  it('E-1, D3: answers the same without the last slash and with slashes doubled, never elsewhere', async () => {
    const spellings = [
      (path: string) => path,
      (path: string) => path.slice(0, -1),
      (path: string) => path.replaceAll('/', '//'),
      (path: string) => `${path}?`,
    ]
    const answers: ReturnType<typeof stable>[] = []
    for (const spelling of spellings) {
      const path = await endpoints.pathOf(operation)
      const url = `https://taxii.test${spelling(path)}`
      answers.push(stable(await ask(url, { ...asked, key: endpoints.writer })))
    }
    expect(answers[0]?.status).toBe(operation.success.status)
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })
})

describe.each(scoped)('%s', (_, operation) => {
  it('is refused with 403 for a key without its scope, which it names', async () => {
    const { key, scopes } = await createKey({ tier: 'free' })
    const answer = await ask(await endpoints.pathOf(operation), { ...askedOf(operation), key })
    expectRefusal(answer, { status: 403, code: 'insufficient_scope' })
    expect(answer.json.error.details).toEqual({
      required_scope: operation.access.by === 'key' ? operation.access.scope : '',
      your_scopes: scopes,
      upgrade_url: expect.stringMatching(/^https:/),
    })
    expectRateLimitHeaders(answer)
  })
})

describe.each(inCollection)('%s', (_, operation) => {
  it('E-14, D17: hides a collection of other keys as if it did not exist', async () => {
    const other = await createCollection()
    const outsider = await createWriter({ collections: [other.id] })
    const answers: ReturnType<typeof stable>[] = []
    for (const collectionId of [
      endpoints.collection.id,
      crypto.randomUUID(),
      endpoints.collection.alias,
    ]) {
      const objectId = indicator().id
      const answer = await ask(fillPath(operation, { collectionId, objectId }), {
        ...askedOf(operation),
        key: outsider,
      })
      expectRefusal(answer, { status: 404, code: 'not_found' })
      expectRateLimitHeaders(answer)
      answers.push(stable(answer))
    }
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })
})

describe.each(withParameters)('%s', (_, operation) => {
  const names = Object.keys(operation.pathParameters)

  it('has its parameters in its path, and nothing else in braces', () => {
    const braces = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    expect(braces).toEqual(names)
  })

  it.each(names)('§5.6, P-8, E-14: is 404 where there is no such %s', async (name) => {
    const asked = { ...askedOf(operation), key: endpoints.writer }
    const unknown = [
      crypto.randomUUID(),
      stixId('indicator'),
      'nothing',
      '%00',
      "'",
      'x'.repeat(300),
    ]
    for (const value of unknown) {
      const path = await endpoints.pathOf(operation, { [name]: encodeURI(value) })
      expectRefusal(await ask(path, asked), { status: 404, code: 'not_found' })
    }
    const known = await ask(await endpoints.pathOf(operation), asked)
    expect(known.status).toBe(operation.success.status)
  })
})

describe.each(everyPath)('%s', (path) => {
  const operations = taxiiOperations.filter((each) => each.path === path)
  const [operation] = operations
  if (operation === undefined) throw new Error('a path has an operation')
  const known: string[] = operations.map(({ method }) => method)

  it.each(METHODS.filter((method) => !known.includes(method)))(
    'refuses %s with 405 and what it allows',
    async (method) => {
      const answer = await ask(await endpoints.pathOf(operation), {
        ...(method === 'POST' ? sendObjects([indicator()]) : { method }),
        key: endpoints.writer,
      })
      expectRefusal(answer, { status: 405, code: 'method_not_allowed' })
      const allowed = (answer.headers.get('Allow') ?? '').split(', ')
      expect(allowed.toSorted()).toEqual([...known, 'HEAD', 'OPTIONS'].toSorted())
    },
  )

  it('answers OPTIONS without a key', async () => {
    const answer = await ask(await endpoints.pathOf(operation), { method: 'OPTIONS' })
    expect([answer.status, answer.text]).toEqual([204, ''])
    expect(answer.headers.get('Allow')?.split(', ')).toEqual(
      expect.arrayContaining([...known, 'HEAD', 'OPTIONS']),
    )
  })

  it('answers HEAD as GET, without the body', async () => {
    const url = await endpoints.pathOf(operation)
    const headers = { 'X-Request-Id': 'same' }
    const [head, get] = [
      await ask(url, { key: endpoints.writer, headers, method: 'HEAD' }),
      await ask(url, { key: endpoints.writer, headers }),
    ]
    expect([head.status, head.text]).toEqual([get.status, ''])
    const lasting = ({ headers: all }: Answer) =>
      [...all].filter(([name]) => !/ratelimit|content-length/.test(name))
    expect(lasting(head)).toEqual(lasting(get))
    expectRateLimitHeaders(head)
  })

  it('refuses HEAD without a key, as GET', async () => {
    const answer = await ask(await endpoints.pathOf(operation), { method: 'HEAD' })
    expect([answer.status, answer.text]).toEqual([401, ''])
    expectChallenges(answer)
  })
})
