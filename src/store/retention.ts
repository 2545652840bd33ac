// Retention: a version of an object leaves its collection, and the views of it, so many days after
// it was added there. Identities and marking definitions stay, since objects that come later name
// them. What has been looked at is not looked at again: a run costs what has come due since the last.
import type { Session } from './database.ts'
import { deleteChosen } from './delete-objects.ts'
import { EXEMPT_TYPES, WHOLE } from './lists.ts'

export const VERSIONS_A_PORTION = 1_000
const DAY_MS = 86_400_000

/** Collections in which something is due at `?1`; the one that is furthest behind comes first. */
const READ_COLLECTIONS = `
  SELECT c.ref FROM collections c
  WHERE c.retention_days IS NOT NULL AND (${[1, 0].map(hasDue).join(' OR ')})
  ORDER BY c.retained_through_ms + c.retention_days * ${DAY_MS}, c.ref`

function hasDue(isCurrent: number): string {
  return `EXISTS (
    SELECT 1 FROM list_entries WHERE collection_ref = c.ref AND list = '${WHOLE}'
      AND is_current = ${isCurrent} AND date_added_ms > c.retained_through_ms
      AND date_added_ms < ?1 - c.retention_days * ${DAY_MS})`
}

export async function dueCollections(session: Session, nowMs: number): Promise<number[]> {
  return (await session.prepare(READ_COLLECTIONS).bind(nowMs).raw<[number]>()).flat()
}

export type Retired = { versions: number; changedCollectionIds: string[]; isFinished: boolean }

/** Takes the oldest portion of what is due out of a collection; read anew, lest the terms changed. */
export async function retirePortion(
  session: Session,
  collectionRef: number,
  nowMs: number,
): Promise<Retired> {
  const found = await session.batch<DueVersion>(
    [1, 0].map((isCurrent) => session.prepare(readDue(isCurrent)).bind(nowMs, collectionRef)),
  )
  const seen = found
    .flatMap(({ results }) => results)
    .sort((a, b) => a.date_added_ms - b.date_added_ms)
    .slice(0, VERSIONS_A_PORTION)
  const last = seen.at(-1)
  if (last === undefined) return { versions: 0, changedCollectionIds: [], isFinished: true }
  const advance = session.prepare(ADVANCE).bind(collectionRef, last.date_added_ms)
  const due = seen.filter(({ type }) => !EXEMPT_TYPES.includes(type))
  const isFinished = seen.length < VERSIONS_A_PORTION
  if (due.length === 0) {
    await advance.run()
    return { versions: 0, changedCollectionIds: [], isFinished }
  }
  return { ...(await deleteDue(session, collectionRef, due, advance)), isFinished }
}

type DueVersion = { date_added_ms: number; ref: number; stix_id: string; type: string }

function readDue(isCurrent: number): string {
  return `
  SELECT due.date_added_ms, o.ref, o.stix_id, o.type
  FROM (
    SELECT date_added_ms, object_ref FROM list_entries
    WHERE collection_ref = ?2 AND list = '${WHOLE}' AND is_current = ${isCurrent}
      AND date_added_ms > (SELECT retained_through_ms FROM collections WHERE ref = ?2)
      AND date_added_ms < (SELECT ?1 - retention_days * ${DAY_MS} FROM collections WHERE ref = ?2)
    ORDER BY date_added_ms LIMIT ${VERSIONS_A_PORTION}
  ) due
  CROSS JOIN objects o ON o.ref = due.object_ref`
}

const ADVANCE = `
  UPDATE collections SET retained_through_ms = max(retained_through_ms, ?2) WHERE ref = ?1`

/** A version is known by its date, which is never given twice: its ref may be another's by now. */
async function deleteDue(
  session: Session,
  collectionRef: number,
  due: DueVersion[],
  advance: D1PreparedStatement,
) {
  const rows = JSON.stringify(due.map((each) => [each.date_added_ms, each.ref, each.stix_id]))
  const choice = {
    objects: 'json_each(?2) r CROSS JOIN objects o ON o.ref = r.value ->> 1',
    conditions: ['o.collection_ref = ?1', 'e.date_added_ms = r.value ->> 0'],
    ids: 'SELECT DISTINCT value ->> 2 AS stix_id FROM json_each(?2)',
    first: [collectionRef, rows] as [number, unknown],
    all: [collectionRef, rows],
  }
  return await deleteChosen(session, choice, [advance])
}
