// Filling a view that is made over a collection which already holds objects. Goes in transactions
// of bounded size; what is added meanwhile reaches the view by itself, with its own stamp.
import type { Session } from './database.ts'

const FILL_OBJECTS_MAX = 2_000

const OPEN_FILL = `
  UPDATE collections
  SET batch_base_ms = max(last_added_ms + 1, CAST(unixepoch('subsec') * 1000 AS INTEGER)),
      batch_first_ref = ?2 + 1
  WHERE ref = ?1`

/** The parent's next objects by ref that the view selects and does not have yet. */
const FILL = `
  INSERT INTO list_entries (collection_ref, list, is_current, date_added_ms, object_ref, bytes)
  SELECT v.ref, l.value, o.is_current, v.batch_base_ms + o.ref - v.batch_first_ref, o.ref, o.bytes
  FROM collections v
  CROSS JOIN objects o ON o.ref > ?2 AND o.ref <= ?3 AND o.collection_ref = v.parent_ref
  CROSS JOIN json_each(o.lists) l
  WHERE v.ref = ?1
    AND EXISTS (SELECT 1 FROM json_each(o.lists) m
                WHERE m.value IN (SELECT value FROM json_each(v.selector)))
    AND NOT EXISTS (SELECT 1 FROM list_entries e
                    WHERE e.collection_ref = v.ref AND e.list = 'id:' || o.stix_id
                      AND e.is_current = o.is_current AND e.object_ref = o.ref)`

const CLOSE_FILL = `
  UPDATE collections
  SET last_added_ms = max(last_added_ms,
    coalesce((SELECT max(date_added_ms) FROM list_entries e
              WHERE e.collection_ref = ?1 AND e.list = '*' AND e.is_current = 1), 0),
    coalesce((SELECT max(date_added_ms) FROM list_entries e
              WHERE e.collection_ref = ?1 AND e.list = '*' AND e.is_current = 0), 0))
  WHERE ref = ?1`

export async function fillView(session: Session, viewRef: number): Promise<void> {
  const last = await session
    .prepare('SELECT coalesce(max(ref), 0) AS ref FROM objects')
    .first('ref')
  for (let after = 0; after < Number(last); after += FILL_OBJECTS_MAX) {
    const through = Math.min(after + FILL_OBJECTS_MAX, Number(last))
    const bound = (sql: string) => session.prepare(sql).bind(viewRef, after, through)
    await session.batch([
      session.prepare(OPEN_FILL).bind(viewRef, after),
      bound(FILL),
      session.prepare(CLOSE_FILL).bind(viewRef),
    ])
  }
}
