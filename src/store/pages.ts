// Reading a page: a range scan of one list, or a merge of several, in date_added order. The cost
// follows from the size of the page, never from the size of the collection.
import type { Session } from './database.ts'
import { readJoined } from './joined-page.ts'
import { isUnconditional } from './look.ts'
import { mergeRanges } from './merge-ranges.ts'
import { cutPage, EMPTY, extentOf, type Page, type PageExtent, type RawRow } from './page.ts'
import { END_OF_TIME_MS, type PageQuery, type Range } from './page-query.ts'
import { rangesOf } from './ranges.ts'

/** `content`: the texts of the objects, with commas between them. */
export type ContentPage = PageExtent & { content: string }
export type ManifestPage = PageExtent & { records: ManifestRow[] }

export type ManifestRow = {
  dateAddedMs: number
  stixId: string
  specVersion: string
  version: string | null
}

export const EMPTY_CONTENT: ContentPage = { ...EMPTY, content: '' }
export const EMPTY_MANIFEST: ManifestPage = { ...EMPTY, records: [] }

export async function readContentPage(session: Session, query: PageQuery): Promise<ContentPage> {
  const only = onlyRange(query)
  const joined = only && (await readJoined(session, query, only.range, only.overflow))
  if (joined !== undefined) return joined
  const page = await readRows(session, query, 'o.content')
  return { ...extentOf(page), content: page.rows.map(([, , content]) => content).join(',') }
}

/** Manifest rows are small: bounded in objects only. */
export async function readManifestPage(session: Session, query: PageQuery): Promise<ManifestPage> {
  const columns = 'o.stix_id, o.spec_version, o.version'
  const page = await readRows(session, { ...query, bytesMax: END_OF_TIME_MS }, columns)
  const records = page.rows.map(([dateAddedMs, , stixId, specVersion, version]) => ({
    dateAddedMs,
    stixId: String(stixId),
    specVersion: String(specVersion),
    version: version ?? null,
  }))
  return { ...extentOf(page), records }
}

async function readRows(
  session: Session,
  query: PageQuery,
  columns: string,
): Promise<Page<RawRow>> {
  const only = onlyRange(query)
  if (only === undefined || only.overflow !== undefined) {
    return await mergeRanges(session, query, rangesOf(query), columns)
  }
  return cutPage(await scanRange(session, query, only.range, columns), query)
}

type OnlyRange = { range: Range; overflow: Range | undefined }

/** The range that is the whole page, as it is for most requests, if there is nothing in `overflow`. */
function onlyRange(query: PageQuery): OnlyRange | undefined {
  const ranges = rangesOf(query)
  const [range, ...others] = ranges.filter(({ isOverflow }) => !isOverflow)
  const [overflow, ...further] = ranges.filter(({ isOverflow }) => isOverflow)
  if (range === undefined || others.length > 0 || further.length > 0) return undefined
  return isUnconditional(query, range) ? { range, overflow } : undefined
}

/** The page row by row, in one round trip; one row more than asked tells whether more exist. */
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
