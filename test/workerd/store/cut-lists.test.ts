// What migration 0004 does for versions that release 0.1 stored: it cut their lists at 200.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, ROOT } from '../../support/http.ts'
import { indicator } from '../../support/stix.ts'
import { idsOf } from '../../support/walk.ts'
import {
  createCollection,
  createWriter,
  importObjects,
  type TestCollection,
} from '../../support/world.ts'

const values = Array.from({ length: 300 }, (_, i) => `'198.51.100.${i}'`).join(', ')
const pattern = `[ipv4-addr:value IN (${values})]`
const LATER = '2024-07-01T10:00:00.000Z'

const OF_CUT = '(SELECT ref FROM objects WHERE json_array_length(lists) = 199)'
const RENAMED = (list: string) => `CASE ${list}
  WHEN 'more:value' THEN 'value:198.51.100.298'
  WHEN 'revoked:true' THEN 'value:198.51.100.299'
  ELSE ${list} END`

/** As 0.1 left them: two hundred lists, all of them of values where it had come to those. */
const CUT = [
  `UPDATE list_entries SET list = ${RENAMED('list')} WHERE object_ref IN ${OF_CUT}`,
  `INSERT INTO list_entries (collection_ref, list, is_current, date_added_ms, object_ref, bytes)
   SELECT collection_ref, 'value:198.51.100.297', is_current, date_added_ms, object_ref, bytes
   FROM list_entries WHERE list = '*' AND object_ref IN ${OF_CUT}`,
  `UPDATE objects SET further_lists = NULL, lists = (
     SELECT json_insert(json_group_array(${RENAMED('value')}), '$[#]', 'value:198.51.100.297')
     FROM json_each(lists))
   WHERE ref IN ${OF_CUT}`,
]

const cut = indicator({ pattern, revoked: true })
const old = indicator({ pattern, revoked: true })
const young = { ...old, modified: LATER }
const valid = indicator({ pattern })
const small = indicator({ revoked: true })

let collection: TestCollection
let view: TestCollection
let untouched: TestCollection
let key: string

async function found(query: string, { id }: TestCollection = collection): Promise<string[]> {
  const { json } = await ask(`${ROOT}/collections/${id}/objects/?${query}`, { key })
  return idsOf(json)
}

/** The statements that fill; the column is there already. */
async function migrate(): Promise<void> {
  const { queries } = env.TEST_MIGRATIONS.find(({ name }) => name.startsWith('0004')) ?? {
    queries: [],
  }
  const fills = queries.filter((sql) => !/^\s*ALTER/.test(sql))
  expect(fills).toHaveLength(queries.length - 1)
  await env.DB.batch(fills.map((sql) => env.DB.prepare(sql)))
}

async function revisionOf({ id }: TestCollection): Promise<number> {
  const sql = 'SELECT revision FROM collections WHERE id = ?1'
  return Number(await env.DB.prepare(sql).bind(id).first('revision'))
}

beforeAll(async () => {
  key = await createWriter({ per_minute: 1_000_000 })
  collection = await createCollection()
  view = await createCollection({ view: { of: collection.id, types: ['indicator'] } })
  untouched = await createCollection()
  await importObjects(untouched, [small])
  await importObjects(collection, [cut, old, valid, small])
  await importObjects(collection, [young])
  await env.DB.batch(CUT.map((sql) => env.DB.prepare(sql)))
})

describe('migration 0004', () => {
  it('puts revoked versions that were cut into their list, once', async () => {
    expect(await found('match[revoked]=true')).toEqual([small.id])
    const before = await Promise.all([collection, view, untouched].map(revisionOf))
    await migrate()
    const after = await Promise.all([collection, view, untouched].map(revisionOf))
    expect(after.map((revision, i) => revision - (before[i] ?? 0))).toEqual([1, 1, 0])
    // Pages of before go with the revision, which an isolate knows for two seconds at most.
    for (const where of [collection, view]) {
      const all = await found('match[revoked]=true&match[version]=all&limit=999', where)
      expect(all).toEqual([cut.id, old.id, small.id, young.id])
      const current = await found('match[revoked]=true&limit=998', where)
      expect(current).toEqual([cut.id, small.id, young.id])
    }
    expect(await found('match[revoked]=false&limit=997')).toEqual([valid.id])
  })

  it('makes of them versions that go as others do', async () => {
    const path = `${ROOT}/collections/${collection.id}/objects/${cut.id}/`
    expect((await ask(path, { key, method: 'DELETE' })).status).toBe(200)
    expect(await found('match[revoked]=true')).toEqual([small.id, young.id])
    const left = `SELECT count(*) AS n FROM list_entries
                  WHERE object_ref NOT IN (SELECT ref FROM objects)`
    expect(await env.DB.prepare(left).first('n')).toBe(0)
  })
})
