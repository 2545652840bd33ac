// A sequence in full: everything that stands in a collection or a view, whether current or not, in
// date_added order. One statement reads a page, so a version whose standing changes meanwhile is
// neither missed nor met twice.
import type { Session } from './database.ts'
import { cutPage, type Page, type RawRow } from './page.ts'
import type { ManifestRow } from './pages.ts'

export type ContentRow = { dateAddedMs: number; content: string }

export type Stretch = {
  collectionRef: number
  /** Exclusive. */
  afterMs: number
  /** Inclusive. */
  throughMs: number
  limit: number
  bytesMax: number
}

export async function readSequence(session: Session, stretch: Stretch): Promise<Page<ContentRow>> {
  const { rows, hasMore } = await read(session, stretch, 'o.content')
  return {
    rows: rows.map(([dateAddedMs, , content]) => ({ dateAddedMs, content: String(content) })),
    hasMore,
  }
}

/** The same without the texts. Rows are small: `bytesMax` counts those of the texts all the same. */
export async function readSequenceEntries(
  session: Session,
  stretch: Stretch,
): Promise<Page<ManifestRow>> {
  const { rows, hasMore } = await read(session, stretch, 'o.stix_id, o.spec_version, o.version')
  return {
    rows: rows.map(([dateAddedMs, , stixId, specVersion, version]) => ({
      dateAddedMs,
      stixId: String(stixId),
      specVersion: String(specVersion),
      version: version ?? null,
    })),
    hasMore,
  }
}

async function read(session: Session, stretch: Stretch, columns: string): Promise<Page<RawRow>> {
  const { collectionRef, afterMs, throughMs, limit, bytesMax } = stretch
  const rows = await session
    .prepare(sequenceSql(columns))
    .bind(collectionRef, afterMs, throughMs, limit + 1, bytesMax)
    .raw<RawRow>()
  return cutPage(rows, { limit, bytesMax, order: 'asc' })
}

const entriesOf = (isCurrent: 0 | 1) => `
    SELECT * FROM (
      SELECT date_added_ms, object_ref, bytes FROM list_entries
      WHERE collection_ref = ?1 AND list = '*' AND is_current = ${isCurrent}
        AND date_added_ms > ?2 AND date_added_ms <= ?3
      ORDER BY date_added_ms LIMIT ?4)`

/** The two halves are merged by a sort of their bounded rows, before any text is read. */
export function sequenceSql(columns: string): string {
  return `
  SELECT e.date_added_ms, e.bytes, ${columns}
  FROM (
    SELECT date_added_ms, object_ref, bytes,
           sum(bytes) OVER dates AS run, row_number() OVER dates AS place
    FROM (${entriesOf(1)}
    UNION ALL ${entriesOf(0)})
    WINDOW dates AS (ORDER BY date_added_ms ROWS UNBOUNDED PRECEDING)
    ORDER BY date_added_ms LIMIT ?4
  ) e
  CROSS JOIN objects o ON o.ref = e.object_ref
  WHERE e.run - e.bytes <= ?5 OR e.place <= 2`
}
