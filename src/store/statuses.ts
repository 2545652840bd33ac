// Status resources of past writes, kept for a day and more, each for the key that wrote, under the
// name that it shares with keys that replace it.
import type { Session } from './database.ts'
import { BATCH_JSON_CHARS_MAX } from './limits.ts'

/** TAXII 2.1 §4.3 asks for 24 hours; the second day is for clients that come back late. */
const STATUS_KEPT_MS = 48 * 3_600_000

export type StoredStatus = { id: string; ownerKeyId: string; createdAtMs: number; text: string }

/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const PART_CHARS_MAX = Math.floor(BATCH_JSON_CHARS_MAX / 3)

export async function addStatus(session: Session, status: StoredStatus): Promise<void> {
  const statement = session.prepare(
    'INSERT INTO statuses (id, part, owner_key_id, created_at_ms, text) VALUES (?1, ?2, ?3, ?4, ?5)',
  )
  const parts = partsOf(status.text)
  await session.batch(
    parts.map((text, part) =>
      statement.bind(status.id, part, status.ownerKeyId, status.createdAtMs, text),
    ),
  )
}

/** The text of a status, for its owner only; undefined when there is none. */
export async function findStatus(
  session: Session,
  id: string,
  ownerKeyId: string,
): Promise<string | undefined> {
  const rows = await session
    .prepare('SELECT text FROM statuses WHERE id = ?1 AND owner_key_id = ?2 ORDER BY part')
    .bind(id, ownerKeyId)
    .raw<[string]>()
  return rows.length === 0 ? undefined : rows.flat().join('')
}

/** Removes what is past its time, so many rows at most; answers how many it removed. */
export async function expireStatuses(
  session: Session,
  nowMs: number,
  rowsMax: number,
): Promise<number> {
  const { meta } = await session
    .prepare(`DELETE FROM statuses WHERE (id, part) IN (
      SELECT id, part FROM statuses WHERE created_at_ms < ?1 ORDER BY created_at_ms LIMIT ?2)`)
    .bind(nowMs - STATUS_KEPT_MS, rowsMax)
    .run()
  return meta.changes
}

/** Cut where no surrogate pair is: each part must be text by itself. */
function partsOf(text: string): string[] {
  const parts: string[] = []
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + PART_CHARS_MAX, text.length)
    if (end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--
    parts.push(text.slice(start, end))
    start = end
  }
  return parts
}
