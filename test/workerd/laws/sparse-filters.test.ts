// Filters that next to nothing passes, in a collection far larger than one statement looks at: a page
// stops early rather than late, and what it has not looked at is left to the next one.
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { SCAN_ENTRIES_MAX, SEARCH_ENTRIES_ENOUGH } from '../../../src/store/limits.ts'
import { ROOT } from '../../support/http.ts'
import { byHeader, byNextAlone, walk } from '../../support/walk.ts'
import { createCollection, createReader } from '../../support/world.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

/** More than one page looks at once it has something. */
const OBJECTS = SEARCH_ENTRIES_ENOUGH + SCAN_ENTRIES_MAX + 5_000
/** Every so many objects one is found; no multiple of the others, so that they fall anywhere. */
const NEEDLE_EVERY = 9_973
const MALWARE_EVERY = 3
const PORTION = 25_000

let path: string
let key: string

/** Rows as the server writes them, made by the database itself: a load over HTTP would take long. */
const MAKE = `
  WITH RECURSIVE n(i) AS (SELECT ?2 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?3),
  made AS (SELECT i, iif(i % ${MALWARE_EVERY} = 0, 'malware', 'indicator') AS type FROM n)
  INSERT INTO objects (ref, collection_ref, stix_id, type, spec_version, version_key, version,
                       lists, content, bytes)
  SELECT i + 1, ?1, id, type, '2.1', '2024-01-01T00:00:00', '2024-01-01T00:00:00Z',
         json_array('*', 'type:' || type, 'id:' || id),
         json_object('type', type, 'id', id, 'name',
                     iif(i % ${NEEDLE_EVERY} = 0, 'needle', 'hay')), 100
  FROM (SELECT *, type || printf('--00000000-0000-4000-8000-%012d', i) AS id FROM made)`

const LIST = `
  INSERT INTO list_entries (collection_ref, list, is_current, date_added_ms, object_ref, bytes)
  SELECT ?1, l.value, 1, ?4 + o.ref, o.ref, o.bytes
  FROM objects o CROSS JOIN json_each(o.lists) l
  WHERE o.ref > ?2 AND o.ref <= ?3`

beforeAll(async () => {
  const { id } = await createCollection()
  key = await createReader({ per_minute: 1_000_000 })
  path = `${ROOT}/collections/${id}/objects/`
  const ref = await env.DB.prepare('SELECT ref FROM collections WHERE id = ?1')
    .bind(id)
    .first('ref')
  const startMs = Date.now() - 2 * OBJECTS
  for (let from = 0; from < OBJECTS; from += PORTION) {
    const bounds = [ref, from, Math.min(from + PORTION, OBJECTS)]
    await env.DB.batch([
      env.DB.prepare(MAKE).bind(...bounds),
      env.DB.prepare(LIST).bind(...bounds, startMs),
    ])
  }
  await env.DB.prepare('UPDATE collections SET last_added_ms = ?1 WHERE ref = ?2')
    .bind(startMs + OBJECTS, ref)
    .run()
})

function needles(type?: 'indicator' | 'malware'): string[] {
  const numbers = Array.from({ length: OBJECTS }, (_, i) => i).filter((i) => i % NEEDLE_EVERY === 0)
  return numbers.flatMap((i) => {
    const own = i % MALWARE_EVERY === 0 ? 'malware' : 'indicator'
    const id = `${own}--00000000-0000-4000-8000-${String(i).padStart(12, '0')}`
    return type === undefined || type === own ? [id] : []
  })
}

const queries: [query: Record<string, string>, expected: string[]][] = [
  [{}, needles()],
  [{ type: 'indicator' }, needles('indicator')],
  [{ 'match[type]': 'malware' }, needles('malware')],
  [{ 'match[type]': 'indicator,malware' }, needles()],
  [{ 'match[version]': 'all' }, needles()],
  [{ 'match[type]': 'indicator,malware', 'match[version]': 'all' }, needles()],
]

describe.each(queries)('one in ten thousand, asked for with %o', (query, expected) => {
  it.each(['1', '2', '1000'])('comes whole and in order, limit %s', async (limit) => {
    const first = { ...query, 'match[name]': 'needle', limit }
    expect((await walk(path, key, first, byNextAlone)).ids).toEqual(expected)
    expect((await walk(path, key, first, byHeader(first))).ids).toEqual(expected)
  })

  it('comes newest first as well', async () => {
    const first = { ...query, 'match[name]': 'needle', limit: '2', x_sort: 'desc' }
    expect((await walk(path, key, first, byNextAlone)).ids).toEqual(expected.toReversed())
  })
})

describe('nothing at all', () => {
  it('is said at last', async () => {
    const { pages } = await walk(path, key, { 'match[name]': 'no such thing' }, byNextAlone)
    expect(pages.map(({ json }) => [json.more, json.objects])).toEqual([[false, []]])
  })
})
