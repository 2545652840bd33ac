// Reading a page: a range scan of one list, or a merge of several, in date_added order. The cost
// follows from the size of the page, never from the size of the collection.
import type { Session } from './database.ts'
import { isUnconditional } from './look.ts'
import { mergeRanges } from './merge-ranges.ts'
import { cutPage, type Page, type RawRow } from './page.ts'
import { END_OF_TIME_MS, type PageQuery, type Range } from './page-query.ts'
import { rangesOf } from './ranges.ts'

export type ContentRow = { dateAddedMs: number; content: string }
export type ManifestRow = {
  dateAddedMs: number
  stixId: string
  specVersion: string
  version: string | null
}

export function readContentPage(session: Session, query: PageQuery): Promise<Page<ContentRow>> {
  return readPage(session, query, CONTENT)
}

/** Manifest rows are small: bounded in objects only. */
export function readManifestPage(session: Session, query: PageQuery): Promise<Page<ManifestRow>> {
  return readPage(session, { ...query, bytesMax: END_OF_TIME_MS }, MANIFEST)
}

const CONTENT: RowShape<ContentRow> = {
  columns: 'o.content',
  shape: ([dateAddedMs, , content]) => ({ dateAddedMs, content: String(content) }),
}

const MANIFEST: RowShape<ManifestRow> = {
  columns: 'o.stix_id, o.spec_version, o.version',
  shape: ([dateAddedMs, , stixId, specVersion, version]) => ({
    dateAddedMs,
    stixId: String(stixId),
    specVersion: String(specVersion),
    version: version ?? null,
  }),
}

type RowShape<Row> = { columns: string; shape: (row: RawRow) => Row }

async function readPage<Row>(
  session: Session,
  query: PageQuery,
  { columns, shape }: RowShape<Row>,
): Promise<Page<Row>> {
  const ranges = rangesOf(query)
  const [only] = ranges
  const isPlain = ranges.length === 1 && only !== undefined && isUnconditional(query, only)
  const page = isPlain
    ? cutPage(await scanRange(session, query, only, columns), query)
    : await mergeRanges(session, query, ranges, columns)
  return { rows: page.rows.map(shape), hasMore: page.hasMore }
}

/** The ordinary page in one round trip; one row more than asked tells whether more exist. */
async function scanRange(session: Session, query: PageQuery, range: Range, columns: string) {
  const statement = session.prepare(scanSql(columns, query.order))
  const bound = statement.bind(
    query.collectionRef,
    range.list,
    range.isCurrent,
    range.afterMs,
    range.beforeMs,
    query.limit + 1,
    query.bytesMax,
  )
  return await bound.raw<RawRow>()
}

/**
 * `run` counts the bytes up to and with each entry. All entries of the page come back and the one
 * that follows it, which tells of more; the first two always do, since the first may be oversized.
 */
export function scanSql(columns: string, order: PageQuery['order']): string {
  return `
  SELECT e.date_added_ms, e.bytes, ${columns}
  FROM (
    SELECT date_added_ms, object_ref, bytes,
           sum(bytes) OVER dates AS run, row_number() OVER dates AS place
    FROM list_entries
    WHERE collection_ref = ?1 AND list = ?2 AND is_current = ?3
      AND date_added_ms > ?4 AND date_added_ms < ?5
    WINDOW dates AS (ORDER BY date_added_ms ${order} ROWS UNBOUNDED PRECEDING)
    ORDER BY date_added_ms ${order} LIMIT ?6
  ) e
  CROSS JOIN objects o ON o.ref = e.object_ref
  WHERE e.run - e.bytes <= ?7 OR e.place <= 2`
}
