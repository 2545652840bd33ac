// The pages an isolate keeps: made once for all who wait, for so long and no longer, before they are
// asked for when someone walks.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEdgeCache } from '../../../src/cache/edge-cache.ts'
import { gunzip } from '../../../src/cache/gzip.ts'
import { type FoundPage, PageCache, type Wanted } from '../../../src/cache/page-cache.ts'
import type { BuiltPage, PageName } from '../../../src/cache/stored-page.ts'

const START_MS = Date.UTC(2026, 0)
const COLLECTION = 'a-collection'

let works: Promise<unknown>[]

beforeEach(() => {
  works = []
  vi.useFakeTimers({ toFake: ['Date'], now: START_MS })
})

afterEach(() => {
  vi.useRealTimers()
})

function passSeconds(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000)
}

const nameOf = (shared: string, head = 1): PageName => ({
  collectionId: COLLECTION,
  shared: `${COLLECTION} ${shared}`,
  head: `${COLLECTION} ${shared} ${head}`,
})

const pageOf = (text: string, hasMore = true): BuiltPage => ({
  facts: { rows: 1, firstMs: 1, lastMs: 2, hasMore, bytes: text.length },
  text,
})

function wanting(name: PageName, build: Wanted['build'], wantsGzip = true): Wanted {
  const waitUntil = (work: Promise<unknown>) => void works.push(work)
  return { name, wantsGzip, build, waitUntil }
}

const textOf = ({ page }: FoundPage) =>
  'text' in page ? page.text : new TextDecoder().decode(gunzip(page.gzipped))

describe('a page', () => {
  it.each([true, false])(
    'is built once for a thousand who want it (gzip %s)',
    async (wantsGzip) => {
      const cache = new PageCache(1_000_000)
      const build = vi.fn(async () => pageOf('once'))
      const readers = Array.from({ length: 1_000 }, () => wanting(nameOf('a'), build, wantsGzip))
      const found = await Promise.all(readers.map((reader) => cache.find(reader)))
      expect(build).toHaveBeenCalledTimes(1)
      expect(new Set(found.map(textOf))).toEqual(new Set(['once']))
      expect(cache.memory.entries).toBe(1)
      expect((await cache.find(wanting(nameOf('a'), build))).source).toBe('memory')
    },
  )

  it('is built by one of those who wait when its builder fails', async () => {
    const cache = new PageCache(1_000_000)
    const build = vi.fn(async () => pageOf('second')).mockRejectedValueOnce(new Error('D1_ERROR'))
    const readers = Array.from({ length: 100 }, () => cache.find(wanting(nameOf('a'), build)))
    const [first, ...others] = await Promise.allSettled(readers)
    expect(first?.status).toBe('rejected')
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set(['fulfilled']))
    expect(build).toHaveBeenCalledTimes(2)
  })

  it('that cannot be built is tried twice, not once for each who waits', async () => {
    const cache = new PageCache(1_000_000)
    const build = vi.fn(() => Promise.reject(new Error('D1_ERROR')))
    const readers = Array.from({ length: 100 }, () => cache.find(wanting(nameOf('a'), build)))
    const outcomes = await Promise.allSettled(readers)
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['rejected']))
    expect(build).toHaveBeenCalledTimes(2)
  })

  it.each([
    ['with more', true, 299, 301],
    ['at the head', false, 4, 6],
  ])('%s lives its time', async (_, hasMore, young, old) => {
    const cache = new PageCache(1_000_000)
    const build = vi.fn(async () => pageOf('text', hasMore))
    await cache.find(wanting(nameOf('a'), build))
    passSeconds(young)
    expect((await cache.find(wanting(nameOf('a'), build))).source).toBe('memory')
    passSeconds(old - young)
    expect((await cache.find(wanting(nameOf('a'), build))).source).toBe('built')
  })

  it('at the head is another one when the head has moved', async () => {
    const cache = new PageCache(1_000_000)
    await cache.find(wanting(nameOf('a', 1), async () => pageOf('old', false)))
    const found = await cache.find(wanting(nameOf('a', 2), async () => pageOf('new', false)))
    expect(textOf(found)).toBe('new')
  })

  it('is not kept when a write came while it was built', async () => {
    const cache = new PageCache(1_000_000)
    const overtaken = async () => {
      cache.forget(COLLECTION)
      return pageOf('old')
    }
    expect(textOf(await cache.find(wanting(nameOf('a'), overtaken)))).toBe('old')
    passSeconds(1)
    const found = await cache.find(wanting(nameOf('a'), async () => pageOf('new')))
    expect(textOf(found)).toBe('new')
  })
})

describe("the data centre's cache", () => {
  const twoIsolates = () => {
    const edge = createEdgeCache(caches.default)
    return [new PageCache(1_000_000, edge), new PageCache(1_000_000, edge)] as const
  }

  it('gives a page to another isolate, which does not keep it longer than the first', async () => {
    const [one, other] = twoIsolates()
    const name = nameOf(crypto.randomUUID())
    await one.find(wanting(name, async () => pageOf('text', false)))
    await Promise.all(works)
    passSeconds(4)
    const found = await other.find(wanting(name, async () => pageOf('built again', false)))
    expect([found.source, textOf(found)]).toEqual(['edge', 'text'])
    passSeconds(2)
    const later = await other.find(wanting(name, async () => pageOf('built again', false)))
    expect([later.source, textOf(later)]).toEqual(['built', 'built again'])
  })

  it('is not asked about what a write here has made old', async () => {
    const [one, other] = twoIsolates()
    const name = nameOf(crypto.randomUUID())
    await one.find(wanting(name, async () => pageOf('old')))
    await Promise.all(works)
    other.forget(COLLECTION)
    expect(textOf(await other.find(wanting(name, async () => pageOf('new'))))).toBe('new')
  })

  it('does no harm when it fails', async () => {
    const broken = () => Promise.reject(new Error('no cache today'))
    const cache = new PageCache(
      1_000_000,
      createEdgeCache({ match: broken, put: broken } as unknown as Cache),
    )
    const found = await cache.find(wanting(nameOf('a'), async () => pageOf('text')))
    await Promise.all(works)
    expect(textOf(found)).toBe('text')
  })
})

describe.each([true, false])('a walk (gzip %s)', (wantsGzip) => {
  const stepOf = (cache: PageCache) => async (page: number) => {
    const built: number[] = []
    const want = (number: number) =>
      wanting(
        nameOf(`page ${number}`),
        async () => {
          built.push(number)
          return pageOf(`page ${number}`)
        },
        wantsGzip,
      )
    const found = await cache.find(want(page))
    const next = want(page + 1)
    if (cache.isWalk(want(page).name, next.name)) await cache.readAhead(next)
    return { source: found.source, text: textOf(found), built }
  }

  it('finds its third page made, and all that follow', async () => {
    const step = stepOf(new PageCache(1_000_000))
    expect(await step(1)).toMatchObject({ source: 'built', built: [1] })
    expect(await step(2)).toMatchObject({ source: 'built', built: [2, 3] })
    const source = wantsGzip ? 'memory' : 'ahead'
    expect(await step(3)).toEqual({ source, text: 'page 3', built: [4] })
    expect(await step(4)).toEqual({ source, text: 'page 4', built: [5] })
  })

  it('is none that jumps about', async () => {
    const step = stepOf(new PageCache(1_000_000))
    for (const page of [10, 20, 30]) expect((await step(page)).built).toEqual([page])
  })

  it('gets no page that was made before a write', async () => {
    const cache = new PageCache(1_000_000)
    const step = stepOf(cache)
    await step(1)
    await step(2)
    cache.forget(COLLECTION)
    expect(await step(3)).toMatchObject({ source: 'built' })
  })
})
