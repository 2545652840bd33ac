// How far a reader is behind the head of a collection.
import type { Session } from './database.ts'

/** Counting stops here: "so many or more". */
export const OBJECTS_BEHIND_MAX = 100_000

export type Lag = { objectsBehind: number; headMs: number }

/** Undefined for a collection that does not exist. Counts current objects after the position. */
export async function readLag(
  session: Session,
  collectionId: string,
  positionMs: number,
): Promise<Lag | undefined> {
  const row = await session
    .prepare(`
      SELECT c.last_added_ms AS head_ms, (
        SELECT count(*) FROM (
          SELECT 1 FROM list_entries
          WHERE collection_ref = c.ref AND list = '*' AND is_current = 1 AND date_added_ms > ?2
          LIMIT ${OBJECTS_BEHIND_MAX})) AS objects_behind
      FROM collections c WHERE c.id = ?1`)
    .bind(collectionId, positionMs)
    .first<{ head_ms: number; objects_behind: number }>()
  if (row === null) return undefined
  return { objectsBehind: row.objects_behind, headMs: row.head_ms }
}
