// Bringing the members of a view back at the dates they had there. Their texts are in the view's
// collection; as for that, a transaction is void unless the view's last date is the one it goes on
// from.
import type { Session } from './database.ts'
import { BATCH_OBJECTS_MAX } from './limits.ts'

/** A version by the names its collection knows it under. */
export type DatedEntry = {
  stixId: string
  specVersion: string
  versionKey: string
  dateAddedMs: number
}

/** `missing`: places of the entries whose version is not in the collection. */
export type RestoredEntries = { ok: boolean; missing: number[] }

/** As for objects: dates rise strictly from `afterMs`, the view's last date. */
export async function restoreEntries(
  session: Session,
  viewRef: number,
  entries: readonly DatedEntry[],
  afterMs: number,
): Promise<RestoredEntries> {
  const missing: number[] = []
  let reachedMs = afterMs
  for (let start = 0; start < entries.length; start += BATCH_OBJECTS_MAX) {
    const portion = entries.slice(start, start + BATCH_OBJECTS_MAX)
    const toMs = portion.at(-1)?.dateAddedMs ?? reachedMs
    const json = JSON.stringify(
      portion.map((each) => [each.stixId, each.specVersion, each.versionKey, each.dateAddedMs]),
    )
    const [found, , moved] = await session.batch<{ key: number }>([
      session.prepare(FIND_MISSING).bind(viewRef, json),
      session.prepare(INSERT_ENTRIES).bind(viewRef, json, reachedMs),
      session.prepare(MOVE).bind(viewRef, reachedMs, toMs),
    ])
    if ((moved?.meta.changes ?? 0) === 0) return { ok: false, missing }
    missing.push(...(found?.results ?? []).map(({ key }) => start + key))
    reachedMs = toMs
  }
  return { ok: true, missing }
}

const IS_VERSION = `o.collection_ref = v.parent_ref AND o.stix_id = r.value ->> 0
    AND o.spec_version = r.value ->> 1 AND o.version_key = r.value ->> 2`

const FIND_MISSING = `
  SELECT r.key FROM collections v CROSS JOIN json_each(?2) r
  WHERE v.ref = ?1 AND NOT EXISTS (SELECT 1 FROM objects o WHERE ${IS_VERSION})`

const INSERT_ENTRIES = `
  INSERT INTO list_entries (collection_ref, list, is_current, date_added_ms, object_ref, bytes)
  SELECT v.ref, l.value, o.is_current, r.value ->> 3, o.ref, o.bytes
  FROM collections v
  CROSS JOIN json_each(?2) r
  CROSS JOIN objects o ON ${IS_VERSION}
  CROSS JOIN json_each(o.lists) l
  WHERE v.ref = ?1 AND v.last_added_ms = ?3
    AND NOT EXISTS (SELECT 1 FROM list_entries e
                    WHERE e.collection_ref = v.ref AND e.list = 'id:' || o.stix_id
                      AND e.is_current = o.is_current AND e.object_ref = o.ref)`

const MOVE = 'UPDATE collections SET last_added_ms = ?3 WHERE ref = ?1 AND last_added_ms = ?2'
