// The ordinary page of objects: one range, small enough to come out of D1 as one text. Joining the
// texts there costs less than carrying a thousand rows here (docs/benchmark.md).
import type { Session } from './database.ts'
import { JOINED_BYTES_MAX } from './limits.ts'
import type { PageExtent } from './page.ts'
import type { PageQuery, Range } from './page-query.ts'

type JoinedRow = [
  entries: number,
  rows: number,
  firstMs: number | null,
  lastMs: number | null,
  content: string | null,
]

/** In one round trip; undefined when the page has more bytes than can be joined, or than it may. */
export async function readJoined(
  session: Session,
  query: PageQuery,
  range: Range,
): Promise<(PageExtent & { content: string }) | undefined> {
  const [row] = await session
    .prepare(joinedSql(query.order))
    .bind(
      query.collectionRef,
      range.list,
      range.isCurrent,
      range.afterMs,
      range.beforeMs,
      query.limit,
      Math.min(query.bytesMax, JOINED_BYTES_MAX),
    )
    .raw<JoinedRow>()
  if (row === undefined) return undefined
  const [entries, rows, lowMs, highMs, content] = row
  if (rows < Math.min(entries, query.limit)) return undefined
  const [firstMs, lastMs] = query.order === 'asc' ? [lowMs, highMs] : [highMs, lowMs]
  return { rows, firstMs, lastMs, hasMore: entries > query.limit, content: content ?? '' }
}

/**
 * `ahead` looks at the entries of the page and the one that follows, which tells of more. A page
 * that is too large is not read at all: its limit becomes 0. The texts are joined in the order in
 * which the inner select gives them, which is that of the index.
 */
export function joinedSql(order: PageQuery['order']): string {
  const inRange = `
    collection_ref = ?1 AND list = ?2 AND is_current = ?3
    AND date_added_ms > ?4 AND date_added_ms < ?5 ORDER BY date_added_ms ${order}`
  return `
  WITH ahead AS MATERIALIZED (
    SELECT count(*) AS entries, sum(bytes) AS bytes
    FROM (SELECT bytes FROM list_entries WHERE ${inRange} LIMIT ?6 + 1))
  SELECT (SELECT entries FROM ahead), count(*), min(e.date_added_ms), max(e.date_added_ms),
         group_concat(o.content, ',')
  FROM (
    SELECT date_added_ms, object_ref FROM list_entries WHERE ${inRange}
    LIMIT iif((SELECT bytes FROM ahead) <= ?7, ?6, 0)
  ) e
  CROSS JOIN objects o ON o.ref = e.object_ref`
}
