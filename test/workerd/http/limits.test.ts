// What a key may spend in a minute and a day: exactly that, whatever the requests, and a refusal
// costs nothing. The clocks of the keys stand still, so no minute ends in the middle of a test.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Operation } from '../../../src/http/operation.ts'
import {
  askedOf,
  type Endpoints,
  makeEndpoints,
  named,
  taxiiOperations,
} from '../../support/endpoints.ts'
import { type Answer, ask, ROOT } from '../../support/http.ts'
import { holdClock } from '../../support/key-object.ts'
import { expectRateLimitHeaders, expectRefusal } from '../../support/refusal.ts'
import { askUnder } from '../../support/settings.ts'
import { createKey, type TestKey } from '../../support/world.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const NOON_MS = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2

/** Units, as documented: a page of objects and a write cost 2.5, everything else 1. */
const WEIGHTS: Record<string, number> = { getTAXIIObjects: 2.5, addObjects: 2.5 }

let endpoints: Endpoints
let objects: string

beforeAll(async () => {
  endpoints = await makeEndpoints()
  objects = `${ROOT}/collections/${endpoints.collection.id}/objects/`
})

async function heldKey(properties: Record<string, unknown> = {}): Promise<TestKey> {
  const made = await createKey({
    scopes: ['read:iocs', 'read:stix', 'write:stix'],
    ...properties,
  })
  await holdClock(made, NOON_MS)
  return made
}

const remainingOf = ({ headers }: Answer) => Number(headers.get('X-RateLimit-Remaining'))

async function statuses(count: number, path: string, key: string): Promise<number[]> {
  const seen: number[] = []
  for (let request = 0; request < count; request++) seen.push((await ask(path, { key })).status)
  return seen
}

describe('tiers', () => {
  it('a pro key gets 400 pages of objects a minute, and not one more', async () => {
    const pro = await createKey({ tier: 'pro' })
    await holdClock(pro, NOON_MS)
    expect(new Set(await statuses(400, objects, pro.key))).toEqual(new Set([200]))
    const refused = await ask(objects, { key: pro.key })
    expectRefusal(refused, { status: 429, code: 'rate_limit_exceeded' })
    expect(refused.headers.get('X-RateLimit-Limit')).toBe('1000')
  })

  it('a free key that may read STIX gets 4 pages of objects a minute', async () => {
    const free = await heldKey({ tier: 'free', scopes: ['read:iocs', 'read:stix'] })
    expect(await statuses(6, objects, free.key)).toEqual([200, 200, 200, 200, 429, 429])
  })

  it('a free key gets 10 requests of weight 1 a minute', async () => {
    const free = await heldKey({ tier: 'free', scopes: ['read:iocs'] })
    const seen = await statuses(11, '/taxii2/', free.key)
    expect(seen).toEqual([...Array.from({ length: 10 }, () => 200), 429])
  })

  it('a key of its own limits has those', async () => {
    const own = await heldKey({ tier: 'free', per_minute: 3 })
    expect(await statuses(4, '/taxii2/', own.key)).toEqual([200, 200, 200, 429])
  })
})

describe('50 requests at once', () => {
  it.each<[what: string, path: () => string, admitted: number]>([
    ['of weight 1', () => '/taxii2/', 20],
    ['of weight 2.5', () => objects, 8],
  ])('%s never pass a limit of 20 units', async (_, path, admitted) => {
    const { key } = await heldKey({ per_minute: 20 })
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(path(), { key })))
    const passed = answers.filter(({ status }) => status === 200)
    const refused = answers.filter(({ status }) => status === 429)
    expect([passed.length, refused.length]).toEqual([admitted, 50 - admitted])
    const left = passed.map(remainingOf)
    expect(new Set(left).size).toBe(admitted)
    for (const answer of answers) expectRateLimitHeaders(answer)
  })

  it('of two keys do not count for each other', async () => {
    const [one, two] = [await heldKey({ per_minute: 20 }), await heldKey({ per_minute: 20 })]
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => ask('/taxii2/', { key: (i % 2 ? one : two).key })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(40)
  })
})

describe('weights', () => {
  const weightOf = ({ operationId }: Operation) => WEIGHTS[operationId] ?? 1

  it.each(named(taxiiOperations))('%s costs what is documented', async (_, operation) => {
    const { key } = await heldKey({ per_minute: 100 })
    for (const times of [1, 2]) {
      const answer = await ask(await endpoints.pathOf(operation), { ...askedOf(operation), key })
      expect(answer.status).not.toBe(429)
      expect(remainingOf(answer)).toBe(Math.floor(100 - times * weightOf(operation)))
    }
    const { json } = await ask('/api/openapi.json')
    expect(json.paths[operation.path][operation.method.toLowerCase()]['x-weight']).toBe(
      weightOf(operation),
    )
  })

  it('are configuration', async () => {
    const { key } = await heldKey({ per_minute: 100 })
    const answer = await askUnder({ WEIGHT_OBJECTS_PAGE: '10' }, objects, { key })
    expect(remainingOf(answer)).toBe(90)
  })

  it('add up without rounding: forty times a tenth is four', async () => {
    const { key } = await heldKey({ per_minute: 4 })
    const seen: number[] = []
    for (let request = 0; request < 41; request++) {
      seen.push((await askUnder({ WEIGHT_OTHER: '0.1' }, '/taxii2/', { key })).status)
    }
    expect(seen).toEqual([...Array.from({ length: 40 }, () => 200), 429])
  })
})

describe('a refusal', () => {
  it('with 429 costs nothing', async () => {
    const { key } = await heldKey({ per_minute: 4 })
    expect(await statuses(4, objects, key)).toEqual([200, 429, 429, 429])
    expect(await statuses(2, '/taxii2/', key)).toEqual([200, 429])
  })

  it('says when to come back: at the end of the minute', async () => {
    const made = await createKey({ per_minute: 1 })
    await holdClock(made, NOON_MS + 15_000)
    await ask('/taxii2/', { key: made.key })
    const { headers, json } = await ask('/taxii2/', { key: made.key })
    expect(headers.get('Retry-After')).toBe('45')
    expect(json.details).toEqual({ window: 'minute', retry_after_seconds: 45 })
    expect(headers.get('X-RateLimit-Reset')).toBe(String((NOON_MS + MINUTE_MS) / 1000))
    await holdClock(made, NOON_MS + MINUTE_MS)
    expect(await statuses(2, '/taxii2/', made.key)).toEqual([200, 429])
  })

  it('for the day is quota_exceeded, and lasts until the day ends', async () => {
    const made = await heldKey({ per_day: 2 })
    expect(await statuses(2, '/taxii2/', made.key)).toEqual([200, 200])
    const answer = await ask('/taxii2/', { key: made.key })
    expectRefusal(answer, { status: 429, code: 'quota_exceeded' })
    expect(answer.headers.get('Retry-After')).toBe(String(DAY_MS / 2 / 1000))
    expect(answer.headers.get('X-RateLimit-Remaining')).toBe('0')
    await holdClock(made, NOON_MS + MINUTE_MS)
    expect(await statuses(1, '/taxii2/', made.key)).toEqual([429])
    await holdClock(made, NOON_MS + DAY_MS / 2)
    expect(await statuses(1, '/taxii2/', made.key)).toEqual([200])
  })
})

describe('the headers', () => {
  it('of both families tell the same', async () => {
    const { key } = await heldKey({ per_minute: 100, per_day: 1000 })
    const answer = await ask(objects, { key })
    expectRateLimitHeaders(answer)
    const { headers } = answer
    expect(headers.get('X-RateLimit-Limit')).toBe('100')
    expect(headers.get('X-RateLimit-Remaining')).toBe('97')
    expect(headers.get('RateLimit-Policy')).toBe('"minute";q=100;w=60, "day";q=1000;w=86400')
    expect(headers.get('RateLimit')).toMatch(/^"minute";r=97;t=\d+, "day";r=997;t=\d+$/)
  })

  it('show the window that will refuse first', async () => {
    const { key } = await heldKey({ per_minute: 100, per_day: 10 })
    const { headers } = await ask('/taxii2/', { key })
    expect(headers.get('X-RateLimit-Remaining')).toBe('9')
    expect(headers.get('X-RateLimit-Reset')).toBe(String((NOON_MS + DAY_MS / 2) / 1000))
  })
})
