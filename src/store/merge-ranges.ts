// The general page: several ranges merged by date, each with conditions on its entries. One
// statement looks at a bounded number of entries, and a request stops at the first round in which
// it can be sure of its page; what it has not seen is left to the next page, never passed over.
import { allOf, BoundValues } from './bound-values.ts'
import { contentCondition } from './content-conditions.ts'
import type { Session } from './database.ts'
import { SCAN_ENTRIES_MAX, SCAN_ROUNDS_MAX } from './limits.ts'
import { WHOLE } from './lists.ts'
import { cutPage, type Page, type RawRow } from './page.ts'
import type { PageQuery, Range } from './page-query.ts'
import { rangesBeyond } from './ranges.ts'
import { type Bind, versionConditions } from './version-conditions.ts'

type Entry = [dateAddedMs: number, bytes: number, objectRef: number]

/** Entries that match, complete up to `reachedMs`; undefined = to the end. */
type Look = { entries: Entry[]; reachedMs: number | undefined }

export async function mergeRanges(
  session: Session,
  query: PageQuery,
  ranges: Range[],
  columns: string,
): Promise<Page<RawRow>> {
  let pending = ranges
  for (;;) {
    const { rows: entries, hasMore } = await findEntries(session, query, pending)
    const rows = await fetchRows(session, query.collectionRef, entries, columns)
    const last = entries.at(-1)
    // Every object of the page was deleted meanwhile: an empty page must not announce more.
    if (rows.length > 0 || !hasMore || last === undefined) return { rows, hasMore }
    pending = rangesBeyond(pending, last[0], query.order)
  }
}

/** Whether every entry of the range belongs to the page, without looking anything up. */
export function isUnconditional(query: PageQuery, range: Range): boolean {
  return range.also.length === 0 && query.versions.length === 0 && query.content.length === 0
}

async function findEntries(
  session: Session,
  query: PageQuery,
  ranges: Range[],
): Promise<Page<Entry>> {
  const found: Entry[] = []
  let pending = ranges
  for (let round = 1; ; round++) {
    const { entries, reachedMs } = await lookForward(session, query, pending)
    found.push(...entries)
    const cut = cutPage(found, query)
    if (cut.hasMore || reachedMs === undefined) return cut
    // Two matches are enough to stop: the later one proves that the page has a successor.
    if (round >= SCAN_ROUNDS_MAX && found.length > 1) {
      return { rows: cut.rows.slice(0, -1), hasMore: true }
    }
    pending = rangesBeyond(pending, reachedMs, query.order)
  }
}

type EntryRow = { date_added_ms: number; bytes: number; ref: number | null }

async function lookForward(session: Session, query: PageQuery, ranges: Range[]): Promise<Look> {
  if (ranges.length === 0) return { entries: [], reachedMs: undefined }
  const statements = ranges.map((range) => {
    const { sql, values } = rangeStatement(query, range)
    return session.prepare(sql).bind(...values)
  })
  const results = await session.batch<EntryRow>(statements)
  const looks = results.map((result) => lookOf(result.results, query.limit))
  const reached = looks.flatMap(({ reachedMs }) => reachedMs ?? [])
  const nearest = query.order === 'asc' ? Math.min(...reached) : Math.max(...reached)
  const isSeen = (ms: number) => (query.order === 'asc' ? ms <= nearest : ms >= nearest)
  const byDate = new Map(looks.flatMap(({ entries }) => entries.map((entry) => [entry[0], entry])))
  if (reached.length === 0) return { entries: [...byDate.values()], reachedMs: undefined }
  return { entries: [...byDate.values()].filter(([ms]) => isSeen(ms)), reachedMs: nearest }
}

/** A range was looked at to its limit of matches, to the mark (a row without ref), or to its end. */
function lookOf(rows: EntryRow[], limit: number): Look {
  const entries = rows.flatMap(({ date_added_ms: ms, bytes, ref }): Entry[] =>
    ref === null ? [] : [[ms, bytes, ref]],
  )
  const mark = rows.find(({ ref }) => ref === null)
  const reachedMs = entries.length > limit ? entries.at(-1)?.[0] : mark?.date_added_ms
  return { entries, reachedMs }
}

/**
 * The first matching entries of a range; and, with ref null, where the look ended if it ended
 * before the range did.
 */
function rangeStatement(query: PageQuery, range: Range): { sql: string; values: unknown[] } {
  const values = new BoundValues()
  const { bind } = values
  const collection = bind(query.collectionRef)
  const standing = bind(range.isCurrent)
  const scanned = `
    SELECT date_added_ms, bytes, object_ref FROM list_entries
    WHERE collection_ref = ${collection} AND list = ${bind(range.list)}
      AND is_current = ${standing} AND date_added_ms > ${bind(range.afterMs)}
      AND date_added_ms < ${bind(range.beforeMs)}
    ORDER BY date_added_ms ${query.order}`
  const limit = bind(query.limit + 1)
  if (isUnconditional(query, range)) {
    const sql = `SELECT date_added_ms, bytes, object_ref AS ref FROM (${scanned}) LIMIT ${limit}`
    return { sql, values: values.all }
  }
  const conditions = [
    ...range.also.map((group) => standsIn(group, collection, standing, bind)),
    ...query.versions.flatMap((filter) => versionConditions(filter, bind)),
    ...query.content.map((tests) => contentCondition(tests, bind)),
  ]
  const sql = `
    SELECT * FROM (
      SELECT e.date_added_ms, e.bytes, e.object_ref AS ref
      FROM (${scanned} LIMIT ${SCAN_ENTRIES_MAX}) e
      CROSS JOIN objects o ON o.ref = e.object_ref
      WHERE ${allOf(conditions)}
      LIMIT ${limit})
    UNION ALL
    SELECT * FROM (
      SELECT date_added_ms, 0, NULL FROM (${scanned} LIMIT 1 OFFSET ${SCAN_ENTRIES_MAX - 1}))`
  return { sql, values: values.all }
}

function standsIn(group: string[], collection: string, standing: string, bind: Bind): string {
  return `EXISTS (
        SELECT 1 FROM list_entries x
        WHERE x.collection_ref = ${collection} AND x.is_current = ${standing}
          AND x.list IN (SELECT value FROM json_each(${bind(JSON.stringify(group))}))
          AND x.date_added_ms = e.date_added_ms)`
}

/** An entry that has gone since it was found is left out: its ref may be another object's by now. */
async function fetchRows(
  session: Session,
  collectionRef: number,
  entries: Entry[],
  columns: string,
): Promise<RawRow[]> {
  if (entries.length === 0) return []
  const found = await session
    .prepare(`
      SELECT o.ref, ${columns} FROM json_each(?1) r
      CROSS JOIN objects o ON o.ref = r.value ->> 0
      CROSS JOIN list_entries e ON e.collection_ref = ?2 AND e.list = '${WHOLE}'
        AND e.is_current = o.is_current AND e.date_added_ms = r.value ->> 1
        AND e.object_ref = o.ref`)
    .bind(JSON.stringify(entries.map(([dateAddedMs, , ref]) => [ref, dateAddedMs])), collectionRef)
    .raw<[number, ...(string | null)[]]>()
  const byRef = new Map(found.map(([ref, ...shown]) => [ref, shown]))
  return entries.flatMap(([dateAddedMs, bytes, ref]): RawRow[] => {
    const shown = byRef.get(ref)
    return shown === undefined ? [] : [[dateAddedMs, bytes, ...shown]]
  })
}
