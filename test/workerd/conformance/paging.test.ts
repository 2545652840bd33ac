// TAXII 2.1 §3.5 Pagination: walks in each way that shipped clients do it give the same set, and
// come to an end.
import { beforeAll, describe, expect, it } from 'vitest'
import { type Answer, ask, ROOT } from '../../support/http.ts'
import { askUnder } from '../../support/settings.ts'
import { identity, indicator, observable } from '../../support/stix.ts'
import {
  byHeader,
  byNext,
  byNextAlone,
  idsOf,
  lastDateOf,
  type Walk,
  walk,
} from '../../support/walk.ts'
import {
  createCollection,
  createReader,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

const LIMITS = ['1', '3', '10', '100', undefined]

let collection: TestCollection
let key: string

const makers = [
  () => indicator(),
  () => indicator({ pattern: "[domain-name:value = 'c2.example']" }),
  () => identity(),
  () => observable('ipv4-addr', '203.0.113.1'),
]
const objects = Array.from({ length: 40 }, (_, i) => makers[i % makers.length]?.() ?? identity())
const ids = objects.map(({ id }) => id)
const aboutIp = objects.filter((_, index) => index % 4 === 0 || index % 4 === 3).map(({ id }) => id)

beforeAll(async () => {
  collection = await createCollection()
  key = await createReader({ per_minute: 100_000 })
  await importObjects(collection, objects.slice(0, 25))
  await importObjects(collection, objects.slice(25))
})

const path = (of = collection) => `${ROOT}/collections/${of.id}/objects/`

function limited(limit: string | undefined, more: Record<string, string> = {}) {
  return limit === undefined ? more : { limit, ...more }
}

function expectWellFormed({ pages }: Walk): void {
  const dates: string[] = []
  for (const [index, { json, headers }] of pages.entries()) {
    const isLast = index === pages.length - 1
    expect(json.more).toBe(!isLast)
    expect(typeof json.next).toBe(isLast ? 'undefined' : 'string')
    expect(json.objects).not.toEqual([])
    dates.push(headers.get('X-TAXII-Date-Added-First') ?? '', lastDateOf({ headers } as Answer))
  }
  expect(dates).toEqual(dates.toSorted())
}

const toSeconds = (date: string) => date.replace(/\.\d+Z$/, 'Z')
const toMillis = (date: string) => date.replace(/\d{3}Z$/, 'Z')

describe.each(LIMITS)('F-7, F-8: pages of %s', (limit) => {
  it('F-9: by next with the query repeated', async () => {
    const first = limited(limit)
    const walked = await walk(path(), key, first, byNext(first))
    expect(walked.ids).toEqual(ids)
    expectWellFormed(walked)
  })

  it('by next alone, which keeps limit and filters', async () => {
    const first = limited(limit, { 'match[type]': 'ipv4-addr' })
    const walked = await walk(path(), key, first, byNextAlone)
    expect(walked.ids).toEqual(aboutIp)
    expectWellFormed(walked)
    const sizes = walked.pages.slice(0, -1).map(({ json }) => json.objects.length)
    for (const size of sizes) expect(size).toBe(Number(limit ?? 100))
  })

  it('by the header alone', async () => {
    const first = limited(limit)
    const walked = await walk(path(), key, first, byHeader(first))
    expect(walked.ids).toEqual(ids)
    expectWellFormed(walked)
  })

  it('by the header cut to milliseconds, as JavaScript clients do', async () => {
    const first = limited(limit)
    const { ids: seen } = await walk(path(), key, first, byHeader(first, toMillis))
    expect(seen).toEqual(ids)
  })

  it('by next with added_after moved to the header', async () => {
    const first = limited(limit, { added_after: '2020-01-01T00:00:00Z' })
    const walked = await walk(path(), key, first, (page) => ({
      ...first,
      next: page.json.next,
      added_after: toMillis(lastDateOf(page)),
    }))
    expect(walked.ids).toEqual(ids)
    expectWellFormed(walked)
  })

  it('by next with added_after left where it was', async () => {
    const first = limited(limit, { added_after: '2020-01-01T00:00:00Z' })
    expect((await walk(path(), key, first, byNext(first))).ids).toEqual(ids)
  })

  it('by next and by the header in turn', async () => {
    const first = limited(limit)
    let pages = 0
    const walked = await walk(path(), key, first, (page) =>
      pages++ % 2 === 0 ? { next: page.json.next } : { ...first, added_after: lastDateOf(page) },
    )
    expect(walked.ids).toEqual(ids)
  })
})

it('a header cut to seconds gives everything once more than needed, and ends', async () => {
  // One second holds all of these objects: only pages that reach beyond it get on.
  const first = { limit: '100' }
  const page = await ask(`${path()}?limit=10`, { key })
  const rest = await walk(
    path(),
    key,
    { ...first, added_after: toSeconds(lastDateOf(page)) },
    byHeader(first, toSeconds),
  )
  expect(new Set([...idsOf(page.json), ...rest.ids])).toEqual(new Set(ids))
})

describe('between runs', () => {
  it('the last header starts the next run: nothing twice, nothing lost', async () => {
    const polled = await createCollection()
    await importObjects(polled, objects.slice(0, 5))
    const seen: string[] = []
    let added_after = '1970-01-01T00:00:00Z'
    for (const batch of [[], objects.slice(5, 8), [], objects.slice(8, 9), []]) {
      if (batch.length > 0) await importObjects(polled, batch)
      const first = { limit: '2', added_after }
      const { ids: run, pages } = await walk(path(polled), key, first, byNext(first))
      seen.push(...run)
      const [last] = pages.slice(-1)
      if (last !== undefined) added_after = lastDateOf(last)
    }
    expect(seen).toEqual(ids.slice(0, 9))
  })

  it('objects added during a walk come at its end', async () => {
    const growing = await createCollection()
    await importObjects(growing, objects.slice(0, 6))
    let added = 0
    const first = { limit: '2' }
    const { ids: seen } = await walk(path(growing), key, first, byNextAlone)
    expect(seen).toEqual(ids.slice(0, 6))
    const page = await ask(`${path(growing)}?limit=2`, { key })
    await importObjects(growing, objects.slice(6, 9))
    added += 3
    const rest = await walk(path(growing), key, { next: page.json.next }, byNextAlone)
    expect([...idsOf(page.json), ...rest.ids]).toEqual(ids.slice(0, 6 + added))
  })

  it('a new version of an object already seen comes again, at the end', async () => {
    const changing = await createCollection()
    const [old, other] = [indicator(), indicator()]
    await importObjects(changing, [old, other])
    const page = await ask(`${path(changing)}?limit=1`, { key })
    const fresh = { ...old, modified: '2024-09-01T00:00:00.000Z' }
    await importObjects(changing, [fresh])
    const { json } = await ask(`${path(changing)}?limit=10&next=${page.json.next}`, { key })
    expect(json.objects).toEqual([other, fresh])
  })
})

describe('the size of a page', () => {
  it('is 100 without a limit, and capped at 1,000', async () => {
    const large = await createCollection()
    await importObjects(
      large,
      Array.from({ length: 1001 }, () => indicator()),
    )
    const unasked = await ask(path(large), { key })
    expect([unasked.json.objects.length, unasked.json.more]).toEqual([100, true])
    const greedy = await ask(`${path(large)}?limit=10000`, { key })
    expect([greedy.json.objects.length, greedy.json.more]).toEqual([1000, true])
    const last = await ask(`${path(large)}?next=${greedy.json.next}`, { key })
    expect([last.json.objects.length, last.json.more]).toEqual([1, false])
  })

  it('D29: is bounded in bytes, with more and next as ever', async () => {
    const heavy = await createCollection()
    const large = Array.from({ length: 6 }, () => indicator({ description: 'x'.repeat(40_000) }))
    await importObjects(heavy, large)
    const page = await askUnder({ PAGE_BYTES_MAX: '100000' }, path(heavy), { key })
    expect([page.json.objects.length, page.json.more]).toEqual([2, true])
    const rest = await askUnder(
      { PAGE_BYTES_MAX: '100000' },
      `${path(heavy)}?next=${page.json.next}`,
      { key },
    )
    expect(idsOf(rest.json)).toEqual(large.slice(2, 4).map(({ id }) => id))
  })

  it('is never nothing, however large the next object', async () => {
    const heavy = await createCollection()
    const large = indicator({ description: 'x'.repeat(500_000) })
    await importObjects(heavy, [large, indicator()])
    const page = await askUnder({ PAGE_BYTES_MAX: '100000' }, path(heavy), { key })
    expect([idsOf(page.json), page.json.more]).toEqual([[large.id], true])
  })
})
