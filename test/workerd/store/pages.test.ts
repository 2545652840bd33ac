import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Collection } from '../../../src/store/collections.ts'
import { openReader } from '../../../src/store/database.ts'
import type { PageQuery, VersionFilter } from '../../../src/store/page-query.ts'
import { readContentPage, readManifestPage } from '../../../src/store/pages.ts'
import { add, makeCollection, objectVersion, pageQuery } from '../../support/store.ts'

/** What the store should hold: every version with its stamp, in date_added order. */
type Known = {
  /** What its content says. */
  key: string
  id: string
  type: string
  subtypes: string[]
  version: number
  specVersion: string
  dateAddedMs: number
}

type Added = Omit<Known, 'dateAddedMs' | 'id' | 'key'> & { name: string }

async function build(to: Collection, added: Added[]): Promise<Known[]> {
  const known = new Map<string, Known>()
  for (const { name, ...facts } of added) {
    const key = `${facts.type} ${name} ${facts.specVersion} ${facts.version}`
    const content = JSON.stringify({ key })
    const object = objectVersion(name, facts.version, { ...facts, content })
    const [outcome] = await add(to, object)
    if (outcome?.kind === 'added') {
      known.set(key, { ...facts, key, id: object.stixId, dateAddedMs: outcome.dateAddedMs })
    }
  }
  return [...known.values()]
}

/** The filter laws again, in the plainest form. */
function expected(known: Known[], query: PageQuery): Seen[] {
  const stands = (each: Known, list: string) =>
    list === `id:${each.id}` ||
    list === `type:${each.type}` ||
    (list.startsWith('match:') && [each.type, ...each.subtypes].includes(list.slice(6)))
  const siblings = (each: Known) => known.filter(({ id }) => id === each.id)
  const ofSpec = (each: Known) =>
    siblings(each).filter(({ specVersion }) => specVersion === each.specVersion)
  const isNewestSpec = (each: Known) =>
    siblings(each).every(({ specVersion }) => specVersion <= each.specVersion)
  const isLast = (each: Known) => ofSpec(each).every(({ version }) => version <= each.version)
  const isFirst = (each: Known) => ofSpec(each).every(({ version }) => version >= each.version)
  const passes = (each: Known, filter: VersionFilter) =>
    (filter.all ||
      (filter.first && isFirst(each)) ||
      (filter.last && isLast(each)) ||
      filter.keys.includes(objectVersion('x', each.version).versionKey)) &&
    (filter.specVersions === null
      ? isNewestSpec(each)
      : filter.specVersions.includes(each.specVersion))
  const isExempt = ({ type }: Known) => type === 'identity' || type === 'marking-definition'
  return known
    .filter((each) => query.listGroups.every((group) => group.some((list) => stands(each, list))))
    .filter((each) =>
      query.versions.length === 0
        ? isLast(each) && isNewestSpec(each)
        : query.versions.every((filter) => passes(each, filter)),
    )
    .filter(({ dateAddedMs }) => dateAddedMs > query.afterMs)
    .filter((each) => each.dateAddedMs >= query.floorMs || isExempt(each))
    .map(({ dateAddedMs, key }): Seen => [dateAddedMs, key])
    .sort(([a], [b]) => (query.order === 'asc' ? a - b : b - a))
}

type Seen = [dateAddedMs: number, key: string]

/** Objects and manifest of the same query, which must tell the same. */
async function walk(query: PageQuery): Promise<Seen[]> {
  const seen: Seen[] = []
  const asked = { ...query }
  for (let pages = 0; pages < 200; pages++) {
    const { content, ...page } = await readContentPage(openReader(env.DB), asked)
    const keys = (JSON.parse(`[${content}]`) as { key: string }[]).map(({ key }) => key)
    const limit = page.rows
    const { records } = await readManifestPage(openReader(env.DB), { ...asked, limit: limit || 1 })
    expect(records).toHaveLength(keys.length)
    seen.push(...records.map(({ dateAddedMs }, i): Seen => [dateAddedMs, keys[i] ?? '']))
    expect(page).toMatchObject({
      rows: keys.length,
      firstMs: records[0]?.dateAddedMs ?? null,
      lastMs: records.at(-1)?.dateAddedMs ?? null,
    })
    expect(page.rows).toBeLessThanOrEqual(query.limit)
    if (!page.hasMore) return seen
    expect(page.rows).toBeGreaterThan(0)
    if (query.order === 'asc') asked.afterMs = page.lastMs ?? Number.NaN
    else asked.beforeMs = page.lastMs ?? Number.NaN
  }
  throw new Error('the walk does not end')
}

const added = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  type: fc.constantFrom('indicator', 'indicator', 'identity', 'url', 'malware'),
  subtypes: fc.subarray(['url', 'ipv4-addr', 'file']),
  version: fc.integer({ min: 1, max: 4 }),
  specVersion: fc.constantFrom('2.1', '2.1', '2.0'),
})
const listGroup = fc.subarray(
  ['type:indicator', 'type:identity', 'match:url', 'match:ipv4-addr', 'id:indicator--a'],
  { minLength: 1 },
)
const versionFilter: fc.Arbitrary<VersionFilter> = fc.record({
  all: fc.boolean(),
  first: fc.boolean(),
  last: fc.constant(true),
  keys: fc.subarray(['2024-01-01T00:00:00.001', '2024-01-01T00:00:00.003']),
  specVersions: fc.option(fc.subarray(['2.0', '2.1'], { minLength: 1 })),
})
const asked = fc.record({
  listGroups: fc.array(listGroup, { maxLength: 2 }),
  versions: fc.array(versionFilter, { maxLength: 2 }),
  after: fc.option(fc.nat({ max: 20 })),
  floor: fc.option(fc.nat({ max: 20 })),
  limit: fc.integer({ min: 1, max: 7 }),
  bytesMax: fc.constantFrom(1, 60, 200, 4_000_000),
  order: fc.constantFrom('asc' as const, 'desc' as const),
})

describe('pages', () => {
  it('walk every object that the filters select, once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(added, { maxLength: 25 }),
        fc.array(asked, { minLength: 1, maxLength: 8 }),
        async (history, questions) => {
          const collection = await makeCollection()
          const known = await build(collection, history)
          for (const { after, floor, ...rest } of questions) {
            const stampAt = (place: number | null) =>
              place === null ? 0 : (known[place % Math.max(1, known.length)]?.dateAddedMs ?? 0)
            const query = pageQuery(collection, {
              ...rest,
              afterMs: stampAt(after),
              floorMs: stampAt(floor),
            })
            expect(await walk(query)).toEqual(expected(known, query))
          }
        },
      ),
      { numRuns: 40 },
    )
  }, 60_000)

  it('are cut by bytes, yet never below one object, and say that more exist', async () => {
    const collection = await makeCollection()
    const big = (name: string) => objectVersion(name, 1, { content: `"${'x'.repeat(998)}"` })
    await add(collection, big('a'), big('b'), big('c'))
    const sizes = [10, 1_000, 2_000, 2_999, 3_000].map(async (bytesMax) => {
      const page = await readContentPage(openReader(env.DB), pageQuery(collection, { bytesMax }))
      return [page.rows, page.hasMore]
    })
    expect(await Promise.all(sizes)).toEqual([
      [1, true],
      [1, true],
      [2, true],
      [2, true],
      [3, false],
    ])
  })

  it('announce no more when the rest is gone', async () => {
    const collection = await makeCollection()
    await add(collection, objectVersion('a'), objectVersion('b'))
    const page = await readManifestPage(openReader(env.DB), pageQuery(collection, { limit: 2 }))
    expect(page).toMatchObject({ hasMore: false })
  })
})
