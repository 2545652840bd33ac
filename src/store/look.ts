// One look at several ranges of lists at once: what matches among the next entries of each. A look
// is one statement for all ranges with the same conditions, and passes over a bounded number of
// entries; where it ended says from where the next one goes on.
import { allOf, BoundValues } from './bound-values.ts'
import { contentCondition } from './content-conditions.ts'
import type { Session } from './database.ts'
import { SCAN_ENTRIES_MAX, SEARCH_ENTRIES_MAX } from './limits.ts'
import { overflowOf } from './lists.ts'
import type { PageQuery, Range } from './page-query.ts'
import { type Bind, versionConditions } from './version-conditions.ts'

export type Entry = [dateAddedMs: number, bytes: number, objectRef: number]

/**
 * Entries that match, complete up to `reachedMs`; undefined = to the end of the ranges. `passed`
 * counts the entries that a look may have passed over without coming to the end.
 */
export type Look = { entries: Entry[]; reachedMs: number | undefined; passed: number }

/** Whether every entry of the range belongs to the page, without looking anything up. */
export function isUnconditional(query: PageQuery, range: Range): boolean {
  return range.also.length === 0 && query.versions.length === 0 && query.content.length === 0
}

export async function lookForward(
  session: Session,
  query: PageQuery,
  ranges: Range[],
): Promise<Look> {
  const looks = await lookAtEach(session, query, ranges)
  const passed = looks.reduce((sum, look) => sum + look.passed, 0)
  const reached = looks.flatMap(({ reachedMs }) => reachedMs ?? [])
  // An object may stand in several of the ranges.
  const byDate = new Map(looks.flatMap(({ entries }) => entries.map((entry) => [entry[0], entry])))
  if (reached.length === 0) return { entries: [...byDate.values()], reachedMs: undefined, passed }
  const nearest = query.order === 'asc' ? Math.min(...reached) : Math.max(...reached)
  const isSeen = (ms: number) => (query.order === 'asc' ? ms <= nearest : ms >= nearest)
  const entries = [...byDate.values()].filter(([ms]) => isSeen(ms))
  return { entries, reachedMs: nearest, passed }
}

type LookRow = { found: string; mark: number | null }

async function lookAtEach(session: Session, query: PageQuery, ranges: Range[]): Promise<Look[]> {
  const alike = Map.groupBy(ranges, ({ also }) => JSON.stringify(also))
  if (alike.size === 0) return []
  const scanMax = Math.min(SCAN_ENTRIES_MAX, Math.ceil(SEARCH_ENTRIES_MAX / ranges.length))
  const statements = [...alike.values()].map((group) => {
    const { sql, values } = lookStatement(query, group, scanMax)
    return session.prepare(sql).bind(...values)
  })
  const results = await session.batch<LookRow>(statements)
  return results.flatMap(({ results: rows }) => rows.map((row) => lookOf(row, query, scanMax)))
}

/** A range was looked at to its limit of matches, to the mark, or to its end. */
function lookOf({ found, mark }: LookRow, { limit, order }: PageQuery, scanMax: number): Look {
  const entries = (JSON.parse(found) as Entry[]).toSorted((a, b) =>
    order === 'asc' ? a[0] - b[0] : b[0] - a[0],
  )
  const isFull = entries.length > limit
  const reachedMs = isFull ? entries.at(-1)?.[0] : (mark ?? undefined)
  return { entries, reachedMs, passed: mark === null ? 0 : scanMax }
}

/** A row for each range: its first matching entries, and where the look had to end, if it had to. */
function lookStatement(
  query: PageQuery,
  ranges: Range[],
  scanMax: number,
): { sql: string; values: unknown[] } {
  const values = new BoundValues()
  const { bind } = values
  const collection = bind(query.collectionRef)
  const limit = bind(query.limit + 1)
  const bounds = ranges.map(({ list, isCurrent, afterMs, beforeMs }) => [
    list,
    isCurrent,
    afterMs,
    beforeMs,
  ])
  const from = `FROM json_each(${bind(JSON.stringify(bounds))}) r`
  const scanned = `
    SELECT date_added_ms, bytes, object_ref FROM list_entries
    WHERE collection_ref = ${collection} AND list = r.value ->> 0 AND is_current = r.value ->> 1
      AND date_added_ms > r.value ->> 2 AND date_added_ms < r.value ->> 3
    ORDER BY date_added_ms ${query.order}`
  const asList = 'json_group_array(json_array(e.date_added_ms, e.bytes, e.object_ref))'
  const [first] = ranges
  if (first === undefined || isUnconditional(query, first)) {
    const found = `SELECT ${asList} FROM (${scanned} LIMIT ${limit}) e`
    return { sql: `SELECT (${found}) AS found, NULL AS mark ${from}`, values: values.all }
  }
  const conditions = [
    ...first.also.map((group) => standsIn(group, collection, bind)),
    ...query.versions.flatMap((filter) => versionConditions(filter, bind)),
    ...query.content.map((tests) => contentCondition(tests, bind)),
  ]
  const found = `
    SELECT ${asList} FROM (
      SELECT e.date_added_ms, e.bytes, e.object_ref
      FROM (${scanned} LIMIT ${scanMax}) e
      CROSS JOIN objects o ON o.ref = e.object_ref
      WHERE ${allOf(conditions)}
      LIMIT ${limit}) e`
  const mark = `SELECT date_added_ms FROM (${scanned} LIMIT 1 OFFSET ${scanMax - 1})`
  return { sql: `SELECT (${found}) AS found, (${mark}) AS mark ${from}`, values: values.all }
}

/** By an entry, or without one as far as a list of the group may overflow. */
function standsIn(group: string[], collection: string, bind: Bind): string {
  const lists = `(SELECT value FROM json_each(${bind(JSON.stringify(group))}))`
  const entered = `EXISTS (
        SELECT 1 FROM list_entries x
        WHERE x.collection_ref = ${collection} AND x.is_current = r.value ->> 1
          AND x.list IN ${lists}
          AND x.date_added_ms = e.date_added_ms)`
  if (group.flatMap(overflowOf).length === 0) return entered
  return `(${entered} OR ${belongsBesides(group, bind)})`
}

/**
 * Looked for in the text, since D1 bills each member of a list that it takes apart. A comma before a
 * quotation mark stands nowhere but where a member begins.
 */
function belongsBesides(group: string[], bind: Bind): string {
  const members = JSON.stringify(group.map((list) => `,${JSON.stringify(list)}`))
  return `EXISTS (
        SELECT 1 FROM json_each(${bind(members)}) m
        WHERE instr(',' || substr(o.further_lists, 2), m.value) > 0)`
}
