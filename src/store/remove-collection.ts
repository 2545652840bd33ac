// Removing a collection or view: it is gone at once, its rows follow a portion at a time, so that no
// statement runs for long. What a cut-off request leaves is finished by the schedule.
import type { Session } from './database.ts'

const ENTRIES_A_PORTION = 5_000

/** Takes the collection out of every answer and notes that its rows have to go. */
export async function removeCollection(
  session: Session,
  collectionRef: number,
  nowMs: number,
): Promise<void> {
  await session.batch([
    session
      .prepare('INSERT INTO removals (collection_ref, requested_at_ms) VALUES (?1, ?2)')
      .bind(collectionRef, nowMs),
    session.prepare('DELETE FROM collections WHERE ref = ?1').bind(collectionRef),
  ])
}

const DELETE_ENTRIES = `
  DELETE FROM list_entries
  WHERE (collection_ref, list, is_current, date_added_ms) IN (
    SELECT collection_ref, list, is_current, date_added_ms FROM list_entries
    WHERE collection_ref = ?1 LIMIT ${ENTRIES_A_PORTION})`

const DELETE_OBJECTS = `
  DELETE FROM objects WHERE ref IN (
    SELECT ref FROM objects WHERE collection_ref = ?1 LIMIT ${ENTRIES_A_PORTION})`

export type Removed = { rows: number; isFinished: boolean }

/** Removes rows of removed collections, a portion for as long as `mayGoOn` says so. */
export async function finishRemovals(session: Session, mayGoOn: () => boolean): Promise<Removed> {
  let rows = 0
  while (mayGoOn()) {
    const ref = await session
      .prepare('SELECT collection_ref FROM removals ORDER BY collection_ref LIMIT 1')
      .first<number>('collection_ref')
    if (ref === null) return { rows, isFinished: true }
    const deleted = await session.batch([
      session.prepare(DELETE_ENTRIES).bind(ref),
      session.prepare(DELETE_OBJECTS).bind(ref),
    ])
    const removed = deleted.reduce((sum, { meta }) => sum + meta.changes, 0)
    rows += removed
    if (removed > 0) continue
    await session.prepare('DELETE FROM removals WHERE collection_ref = ?1').bind(ref).run()
  }
  return { rows, isFinished: false }
}
