// Law 8: a reader may be served from any replica, each time from another one, each behind the
// primary by some commits; what it follows is still one sequence without a hole.
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { COLLECTION_FACTS_MS_MAX } from '../../../src/cache/collection-facts.ts'
import { ROOT, TAXII } from '../../support/http.ts'
import { indicator, stixId } from '../../support/stix.ts'
import { createCollection, createWriter, type TestCollection } from '../../support/world.ts'
import { type Asker, askerIn } from './asker.ts'
import { LaggingDatabase } from './lagging-database.ts'
import { nameOf } from './ledger.ts'
import { byBoth, byHeader, byNext, byWhim, read, toMilliseconds } from './readers.ts'
import { randomBelow, SCALE, seeds } from './scale.ts'

vi.setConfig({ testTimeout: 60_000 })

const COMMITS = Math.ceil(30 * SCALE)
const LAG_MAX = 8
const ALL = { 'match[version]': 'all' }

let collection: TestCollection
let key: string
let database: LaggingDatabase
let ask: Asker

beforeAll(async () => {
  collection = await createCollection()
  key = await createWriter({ per_minute: 1_000_000, per_day: 1_000_000_000 })
  database = new LaggingDatabase()
  await database.begin()
  ask = askerIn({ DB: database })
})

const path = (rest = '') => `${ROOT}/collections/${collection.id}/objects/${rest}`

async function post(objects: object[]): Promise<string> {
  const body = JSON.stringify({ objects })
  const headers = { 'Content-Type': TAXII }
  const answer = await ask(path(), { method: 'POST', key, headers, body })
  expect(answer.json).toMatchObject({ success_count: objects.length, failure_count: 0 })
  return answer.headers.get('X-D1-Bookmark') ?? ''
}

describe.each(seeds(1))('readers of lagging replicas, seed %i', (seed) => {
  it(
    'get every version',
    async () => {
      const below = randomBelow(seed)
      database.choose = (states) => Math.max(0, states - 1 - below(LAG_MAX))
      let settledMs: number | undefined
      const ways = [byNext(2, ALL), byHeader(3, ALL, toMilliseconds), byBoth(2, ALL), byWhim(ALL)]
      const current = byHeader(2)
      const readers = [...ways, current].map((way, at) =>
        read(way, {
          ask: at % 2 === 0 ? ask : askerIn({ DB: database }),
          path: path(),
          key,
          below,
          isSettled: () => settledMs !== undefined && Date.now() > settledMs,
          pagesMax: 4_000 * SCALE,
        }),
      )
      const written = new Set<string>()
      const ids = Array.from({ length: 5 }, () => stixId('indicator'))
      for (let commit = 0; commit < COMMITS; commit++) {
        const objects = Array.from({ length: 1 + below(4) }, () => {
          const id = below(2) === 0 ? stixId('indicator') : (ids[below(ids.length)] ?? '')
          const modified = `2024-06-01T10:00:00.${String(below(1000)).padStart(3, '0')}Z`
          return indicator({ id, modified })
        })
        await post(objects)
        for (const { id, modified } of objects) written.add(nameOf(id, modified))
      }
      database.choose = (states) => states - 1
      settledMs = Date.now() + COLLECTION_FACTS_MS_MAX
      for (const { way, pages } of await Promise.all(readers)) {
        const got = new Set(
          pages.flatMap(({ versions }) => versions.map((each) => nameOf(each.id, each.version))),
        )
        const due = way === current ? newestOf(written) : [...written]
        expect(
          due.filter((name) => !got.has(name)),
          way.name,
        ).toEqual([])
        expect([...got].filter((name) => !written.has(name))).toEqual([])
      }
    },
    60_000 * SCALE,
  )
})

/** Of each object the version that sorts last. */
function newestOf(names: Set<string>): string[] {
  const byId = new Map([...names].sort().map((name) => [name.split(' ')[0], name]))
  return [...byId.values()]
}

describe('a bookmark', () => {
  it('lets a client read what it wrote, where without it the replica is behind', async () => {
    database.choose = () => 0
    const object = indicator()
    const bookmark = await post([object])
    expect(bookmark).not.toBe('')
    const query = `?match[id]=${object.id}`
    const behind = await ask(path(query), { key })
    expect(behind.json.objects).toEqual([])
    const headers = { 'X-D1-Bookmark': bookmark }
    expect((await ask(path(query), { key, headers })).json.objects).toEqual([object])
    expect((await ask(path(`${object.id}/`), { key, headers })).json.objects).toEqual([object])
  })

  it('holds for deleting too', async () => {
    const object = indicator()
    const written = await post([object])
    const deleted = await ask(path(`${object.id}/`), { method: 'DELETE', key })
    const bookmark = deleted.headers.get('X-D1-Bookmark') ?? ''
    expect([deleted.status, bookmark === written]).toEqual([200, false])
    const headers = { 'X-D1-Bookmark': bookmark }
    expect((await ask(path(`${object.id}/`), { key, headers })).status).toBe(404)
    expect((await ask(path(`?match[id]=${object.id}`), { key, headers })).json.objects).toEqual([])
  })
})
