// A filter that nothing passes, in a collection larger than one request may look through: the answer
// is late, never wrong, and each repetition goes on where the last one stopped.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { SEARCH_ENTRIES_MAX } from '../../../src/store/limits.ts'
import { type Answer, ask, ROOT } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { indicator } from '../../support/stix.ts'
import { idsOf } from '../../support/walk.ts'
import { createCollection, createReader, createWriter, importObjects } from '../../support/world.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const ENTRIES = Math.ceil(SEARCH_ENTRIES_MAX * 1.5)
/** Within the look-back, and before everything that the tests add. */
const START_MS = Date.now() - 2 * ENTRIES
const REPETITIONS_MAX = 5
const JANUARY = '2024-01-01T00:00:00.000Z'
const FEBRUARY = '2024-02-01T00:00:00.000Z'

let key: string
let collection: Awaited<ReturnType<typeof createCollection>>
let path: string

/** Entries of one stored object, which is as good to look at as so many objects. */
const FILL = `
  WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
  INSERT INTO list_entries (collection_ref, list, is_current, date_added_ms, object_ref, bytes)
  SELECT c.ref, '*', 1, ?3 + i, o.ref, 100
  FROM collections c CROSS JOIN objects o CROSS JOIN n
  WHERE c.id = ?1 AND o.collection_ref = c.ref`

beforeAll(async () => {
  key = await createReader({ per_minute: 1_000_000 })
  collection = await createCollection()
  path = `${ROOT}/collections/${collection.id}/objects/`
  await importObjects(collection, [indicator()])
  await env.DB.prepare(FILL).bind(collection.id, ENTRIES, START_MS).run()
})

/** Asks until the search is finished; each answer before that is a refusal that says so. */
async function askToTheEnd(query: string): Promise<{ answer: Answer; asked: number }> {
  for (let asked = 1; asked <= REPETITIONS_MAX; asked++) {
    const answer = await ask(path + query, { key })
    if (answer.status === 200) return { answer, asked }
    expectRefusal(answer, { status: 503, code: 'unavailable' })
    expect(answer.headers.get('Retry-After')).toBe('1')
    expect(answer.json.description).toContain('Repeat the request')
  }
  throw new Error(`not finished after ${REPETITIONS_MAX} requests`)
}

describe.each([
  'match[name]=forward',
  'match[name]=backward&x_sort=desc',
  'match[version]=2001-01-01T00:00:00Z',
])('a search without a match: %s', (query) => {
  it('D33: comes to its end when it is repeated', async () => {
    const { answer, asked } = await askToTheEnd(`?${query}`)
    expect(answer.json).toMatchObject({ more: false, objects: [] })
    expect(asked, 'requests, each of which looks no further than it may').toBeGreaterThan(1)
    expect((await askToTheEnd(`?${query}`)).asked).toBe(1)
  })
})

describe('a search for what the collection never took', () => {
  it.each(['', '&x_sort=desc', '&match[version]=all', '&match[type]=indicator'])(
    '§3.4.1: is over at once: match[spec_version]=2.0%s',
    async (more) => {
      const { answer, asked } = await askToTheEnd(`?match[spec_version]=2.0${more}`)
      expect(answer.json).toMatchObject({ more: false, objects: [] })
      expect(asked).toBe(1)
    },
  )
})

describe('a search that has been finished once', () => {
  it('is quick from any later position as well', async () => {
    await askToTheEnd('?match[name]=later')
    const position = new Date(START_MS + SEARCH_ENTRIES_MAX / 3).toISOString()
    expect((await askToTheEnd(`?match[name]=later&added_after=${position}`)).asked).toBe(1)
  })

  it('still finds what is added, also with a match before it', async () => {
    const added = [indicator({ name: 'added' }), indicator({ name: 'added' })]
    await askToTheEnd('?match[name]=added')
    for (const each of added) {
      await importObjects(collection, [each])
      await askToTheEnd('?match[name]=added')
    }
    const { answer } = await askToTheEnd('?match[name]=added')
    expect(idsOf(answer.json)).toEqual(added.map(({ id }) => id))
    const firstOfThem = await askToTheEnd('?match[name]=added&limit=1')
    expect(idsOf(firstOfThem.answer.json)).toEqual([added[0]?.id])
    expect(firstOfThem.answer.json.more).toBe(true)
  })

  it('finds an older version that a delete brings back into what it had passed', async () => {
    const old = indicator({ name: 'old', created: JANUARY, modified: JANUARY })
    const young = { ...old, name: 'young', modified: FEBRUARY }
    await importObjects(collection, [old])
    await importObjects(collection, [young])
    await importObjects(collection, [indicator()])
    expect(idsOf((await askToTheEnd('?match[name]=old')).answer.json)).toEqual([])
    const writer = await createWriter()
    const version = `${path}${old.id}/?match[version]=${FEBRUARY}`
    expect((await ask(version, { key: writer, method: 'DELETE' })).status).toBe(200)
    expect(idsOf((await askToTheEnd('?match[name]=old')).answer.json)).toEqual([old.id])
  })
})
