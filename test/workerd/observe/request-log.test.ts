// The line that a request leaves: what it holds, and which requests leave one.
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { app } from '../../../src/app.ts'
import { isolate } from '../../../src/observe/isolate.ts'
import { sendObjects } from '../../support/endpoints.ts'
import { operate, ROOT, requestOf } from '../../support/http.ts'
import { holdClock } from '../../support/key-object.ts'
import { indicator, indicators } from '../../support/stix.ts'
import { type Watched, watch, workerUnder } from '../../support/watched.ts'
import {
  createCollection,
  createKey,
  createWriter,
  importObjects,
  type TestCollection,
  type TestKey,
} from '../../support/world.ts'

const OBJECTS = 'collections/{collectionId}/objects/'

let collection: TestCollection
let objects: string
let reader: TestKey
let writer: string

beforeAll(async () => {
  collection = await createCollection()
  objects = `${ROOT}/collections/${collection.id}/objects/`
  reader = await createKey()
  writer = await createWriter()
  await importObjects(collection, indicators(20))
})

const worker = (log = 'all') => workerUnder({ REQUEST_LOG: log })

/** The one line of a request. */
function lineOf({ lines }: Pick<Watched, 'lines'>) {
  expect(lines).toHaveLength(1)
  return JSON.parse(lines[0] ?? '')
}

describe('the line of a page', () => {
  it('tells who asked for what, what was given, and where the time went', async () => {
    const headers = { 'X-Request-Id': 'mine-1', 'User-Agent': 'taxii2-client/2.3.0' }
    const seen = await worker().watch(`${objects}?limit=7`, { key: reader.key, headers })
    expect(lineOf(seen)).toEqual({
      event: 'request',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      requestId: 'mine-1',
      keyId: reader.id,
      operation: 'getTAXIIObjects',
      route: `${ROOT}/${OBJECTS}`,
      method: 'GET',
      status: 200,
      weight: 2.5,
      objects: 7,
      bytes: new TextEncoder().encode(seen.answer.text).byteLength,
      pageSource: 'built',
      d1Ms: expect.any(Number),
      d1Queries: expect.any(Number),
      d1RowsRead: expect.any(Number),
      admissionMs: expect.any(Number),
      totalMs: expect.any(Number),
      client: 'taxii2-client/2.3.0',
    })
    const { admissionMs, d1Ms, d1Queries, totalMs } = lineOf(seen)
    expect(d1Queries).toBeGreaterThan(0)
    expect(admissionMs).toBeLessThanOrEqual(totalMs)
    expect(d1Ms).toBeLessThanOrEqual(totalMs * d1Queries)
  })

  it('tells which cache it came from, and that D1 was not asked', async () => {
    const asking = worker()
    const gzip = { key: reader.key, headers: { 'Accept-Encoding': 'gzip' } }
    await asking.ask(`${objects}?limit=5`, gzip)
    const seen = await asking.watch(`${objects}?limit=5`, gzip)
    expect(lineOf(seen)).toMatchObject({ pageSource: 'memory', d1Queries: 0, d1Ms: 0, objects: 5 })
  })

  it('tells of a page that no cache was asked for', async () => {
    const seen = await worker().watch(`${objects}?added_after=2999-01-01T00:00:00Z`, reader)
    expect(lineOf(seen)).toMatchObject({ pageSource: 'none', objects: 0 })
  })

  it('counts the bytes that left: compressed ones, and none for HEAD and 304', async () => {
    const asking = worker()
    const plain = lineOf(await asking.watch(objects, reader))
    const zipped = { ...reader, headers: { 'Accept-Encoding': 'gzip' } }
    expect(lineOf(await asking.watch(objects, zipped)).bytes).toBeLessThan(plain.bytes / 2)
    expect(lineOf(await asking.watch(objects, { ...reader, method: 'HEAD' }))).toMatchObject({
      method: 'HEAD',
      operation: 'getTAXIIObjects',
      bytes: 0,
    })
    const { answer } = await asking.watch(objects, reader)
    const headers = { 'If-None-Match': answer.headers.get('ETag') ?? '' }
    expect(lineOf(await asking.watch(objects, { ...reader, headers }))).toMatchObject({
      status: 304,
      bytes: 0,
    })
  })

  it('counts bytes, not characters', async () => {
    const other = await createCollection()
    await importObjects(other, [indicator({ name: 'Kälte – 寒さ' })])
    const seen = await worker().watch(`${ROOT}/collections/${other.id}/objects/`, reader)
    const { byteLength } = new TextEncoder().encode(seen.answer.text)
    expect(byteLength).toBeGreaterThan(seen.answer.text.length)
    expect(lineOf(seen).bytes).toBe(byteLength)
  })
})

it('tells the data centre, where there is one', async () => {
  const { lines } = await watch(async () => {
    const request = new Request(requestOf('/health'), { cf: { colo: 'FRA' } })
    const environment = { ...env, REQUEST_LOG: 'all' } as Env
    return await app.fetch(request, environment, createExecutionContext())
  })
  expect(lineOf({ lines })).toMatchObject({ operation: 'getHealth', colo: 'FRA' })
})

describe('the line of', () => {
  it('a write tells the objects it brought and the rows it cost', async () => {
    const seen = await worker().watch(objects, { ...sendObjects(indicators(3)), key: writer })
    expect(lineOf(seen)).toMatchObject({
      operation: 'addObjects',
      status: 202,
      objects: 3,
      d1RowsRead: expect.any(Number),
      d1RowsWritten: expect.any(Number),
    })
  })

  it('an operator tells the name, and no weight', async () => {
    const line = lineOf(await worker().watch('/admin/collections/', { key: env.ADMIN_TOKEN }))
    expect(line).toMatchObject({ operator: 'bootstrap', operation: 'listCollectionStates' })
    expect(line).not.toHaveProperty('weight')
    expect(line).not.toHaveProperty('keyId')
  })

  it('a request without a key has none, and costs nothing', async () => {
    const line = lineOf(await worker().watch(objects))
    expect(line).toMatchObject({
      status: 401,
      errorCode: 'missing_api_key',
      operation: 'getTAXIIObjects',
    })
    expect(line).not.toHaveProperty('keyId')
    expect(line).not.toHaveProperty('weight')
  })

  it('a key that is refused names the key all the same', async () => {
    const revoked = await createKey()
    await operate('POST', `/keys/${revoked.id}/revoke/`)
    expect(lineOf(await worker().watch(objects, revoked))).toMatchObject({
      status: 401,
      errorCode: 'revoked_api_key',
      keyId: revoked.id,
    })
    const spent = await createKey({ per_minute: 1 })
    await holdClock(spent)
    await worker().ask('/taxii2/', spent)
    expect(lineOf(await worker().watch(objects, spent))).toMatchObject({
      status: 429,
      errorCode: 'rate_limit_exceeded',
      keyId: spent.id,
    })
  })

  it('a path that is none has no route', async () => {
    const line = lineOf(await worker().watch('/nothing/here'))
    expect(line).toMatchObject({ status: 404, errorCode: 'not_found', method: 'GET' })
    expect(line).not.toHaveProperty('route')
    expect(line).not.toHaveProperty('operation')
  })

  it('a method that a path does not know has a route and no operation', async () => {
    const line = lineOf(await worker().watch(objects, { method: 'PUT' }))
    expect(line).toMatchObject({ status: 405, route: `${ROOT}/${OBJECTS}` })
    expect(line).not.toHaveProperty('operation')
  })

  it('a fault stands beside the line of what went wrong, under the same id', async () => {
    const broken = { withSession: () => ({ prepare: () => ({ bind: () => ({ raw: fail }) }) }) }
    const { answer, lines } = await workerUnder({ REQUEST_LOG: 'all', DB: broken }).watch(
      `${ROOT}/collections/`,
      reader,
    )
    const [fault, request] = lines.map((line) => JSON.parse(line))
    const requestId = answer.headers.get('X-Request-Id')
    expect(fault).toEqual({
      event: 'fault',
      requestId,
      operation: 'getCollections',
      route: `${ROOT}/collections/`,
      error: expect.stringMatching(/^Failed query: select .*: D1_ERROR: gone$/s),
      stack: expect.stringMatching(/^\s+at /),
    })
    expect(request).toMatchObject({
      requestId,
      status: 503,
      errorCode: 'unavailable',
      d1Queries: 1,
    })
  })
})

async function fail(): Promise<never> {
  throw new Error('D1_ERROR: gone')
}

describe('requests at the same time', () => {
  it('each have their own queries', async () => {
    const asking = worker()
    const operator = { key: env.ADMIN_TOKEN }
    const paths = ['/admin/collections/', '/health', '/admin/keys/', '/admin/health/']
    const alone = new Map<string, number>()
    for (const path of paths) {
      const { d1Queries, route } = lineOf(await asking.watch(path, operator))
      alone.set(route, d1Queries)
    }
    expect(new Set(alone.values()).size).toBeGreaterThan(1)
    const { lines } = await asking.watchAll(paths.map((path) => [path, operator]))
    expect(lines).toHaveLength(paths.length)
    for (const { route, d1Queries } of lines.map((line) => JSON.parse(line))) {
      expect(d1Queries, route).toBe(alone.get(route))
    }
  })

  it('of which one waits for the page that another builds', async () => {
    const { lines } = await worker().watchAll(Array(3).fill([`${objects}?limit=6`, reader]))
    const seen = lines.map((line) => JSON.parse(line))
    const queriesOf = (source: string) =>
      seen.filter(({ pageSource }) => pageSource === source).map(({ d1Queries }) => d1Queries)
    const [builder] = queriesOf('built')
    const joiners = queriesOf('joined')
    expect(joiners).toHaveLength(2)
    for (const queries of joiners) expect(queries).toBeLessThan(builder)
  })
})

describe('REQUEST_LOG', () => {
  it.each([
    ['all', 2],
    ['failures', 1],
    ['off', 0],
    ['', 2],
  ])('%o leaves the lines of a good and a bad request: %i', async (log, many) => {
    const requests: Parameters<ReturnType<typeof worker>['watchAll']>[0] = [
      ['/taxii2/', reader],
      ['/taxii2/'],
    ]
    const { lines } = await worker(log).watchAll(requests)
    expect(lines).toHaveLength(many)
    if (many === 1) expect(JSON.parse(lines[0] ?? '')).toMatchObject({ status: 401 })
  })

  it('is of no account while the configuration is refused: every request leaves a line', async () => {
    const broken = workerUnder({ REQUEST_LOG: 'off', PAGE_LIMIT_MAX: 'many' })
    const refusals = () => isolate().refusals.get('unavailable') ?? 0
    const before = refusals()
    const { answer, lines } = await broken.watch(objects, { key: reader.key })
    const [fault, request] = lines.map((line) => JSON.parse(line))
    expect([answer.status, lines.length]).toEqual([503, 2])
    expect(fault).toMatchObject({
      event: 'fault',
      error: expect.stringContaining('PAGE_LIMIT_MAX'),
    })
    expect(request).toMatchObject({
      ...{ event: 'request', method: 'GET', status: 503, errorCode: 'unavailable' },
      requestId: fault.requestId,
    })
    expect(refusals()).toBe(before + 1)
  })

  it('is refused when it is something else', async () => {
    const { answer } = await worker('some').watch('/health')
    expect(answer.status).toBe(503)
  })
})
