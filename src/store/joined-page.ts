// The ordinary page of objects: one range, small enough to come out of D1 as one text. Joining the
// texts there costs less than carrying a thousand rows here (docs/benchmark.md).
import type { Session } from './database.ts'
import { JOINED_BYTES_MAX } from './limits.ts'
import type { PageExtent } from './page.ts'
import type { PageQuery, Range } from './page-query.ts'

type JoinedRow = [
  entries: number | null,
  rows: number,
  firstMs: number | null,
  lastMs: number | null,
  content: string | null,
]

/**
 * In one round trip; undefined when the page has more bytes than can be joined, or than it may, and
 * when some of it may lie in the overflow of its list.
 */
export async function readJoined(
  session: Session,
  query: PageQuery,
  range: Range,
  overflow?: Range,
): Promise<(PageExtent & { content: string }) | undefined> {
  const [row] = await session
    .prepare(joinedSql(query.order, overflow !== undefined))
    .bind(
      query.collectionRef,
      range.list,
      range.isCurrent,
      range.afterMs,
      range.beforeMs,
      query.limit,
      Math.min(query.bytesMax, JOINED_BYTES_MAX),
      ...(overflow === undefined ? [] : [overflow.list]),
    )
    .raw<JoinedRow>()
  if (row === undefined) return undefined
  const [entries, rows, lowMs, highMs, content] = row
  if (entries === null || rows < Math.min(entries, query.limit)) return undefined
  const [firstMs, lastMs] = query.order === 'asc' ? [lowMs, highMs] : [highMs, lowMs]
  return { rows, firstMs, lastMs, hasMore: entries > query.limit, content: content ?? '' }
}

/**
 * `ahead` looks at the entries of the page and the one that follows, which tells of more; if there is
 * something in the overflow it has no row. A page that is too large, or not known to be all, is not
 * read: its limit becomes 0. The texts are joined in the order in which the inner select gives them,
 * which is that of the index.
 */
export function joinedSql(order: PageQuery['order'], mayOverflow: boolean): string {
  const rangeOf = (list: string) => `
    collection_ref = ?1 AND list = ${list} AND is_current = ?3
    AND date_added_ms > ?4 AND date_added_ms < ?5`
  const inRange = `${rangeOf('?2')} ORDER BY date_added_ms ${order}`
  const overflow = `SELECT 1 FROM list_entries WHERE ${rangeOf('?8')}`
  return `
  WITH ahead AS MATERIALIZED (
    SELECT count(*) AS entries, sum(bytes) AS bytes
    FROM (SELECT bytes FROM list_entries WHERE ${inRange} LIMIT ?6 + 1)
    ${mayOverflow ? `HAVING NOT EXISTS (${overflow})` : ''})
  SELECT (SELECT entries FROM ahead), count(*), min(e.date_added_ms), max(e.date_added_ms),
         group_concat(o.content, ',')
  FROM (
    SELECT date_added_ms, object_ref FROM list_entries WHERE ${inRange}
    LIMIT iif((SELECT bytes FROM ahead) <= ?7, ?6, 0)
  ) e
  CROSS JOIN objects o ON o.ref = e.object_ref`
}
