// Bringing object versions in with the dates they had, behind what is already there. A transaction
// is void unless the collection's last date is the one it goes on from: nothing that was written by
// something else meanwhile is ever overtaken, and a transaction that is repeated does nothing.
import { addChunk, type Dating, readPresent, versionsOf } from './add-chunk.ts'
import { type AddOutcome, NOW_MS, presentOutcome } from './add-objects.ts'
import type { Session } from './database.ts'
import { type Chunk, chunksOf, type NewObject } from './object-chunks.ts'

export type DatedObject = NewObject & { dateAddedMs: number }

/** `ok: false`: the collection's last date is another one. What went before is committed. */
export type RestoredObjects = {
  ok: boolean
  /** In the order of the objects, as far as they came. */
  outcomes: AddOutcome[]
  changedCollectionIds: string[]
}

/**
 * The objects' dates rise strictly from `afterMs`, the collection's last date; `throughMs`, at least
 * the last of them, becomes its last date.
 */
export async function restoreObjects(
  session: Session,
  collectionRef: number,
  objects: readonly DatedObject[],
  { afterMs, throughMs }: { afterMs: number; throughMs: number },
): Promise<RestoredObjects> {
  const outcomes: AddOutcome[] = []
  const changed = new Set<string>()
  const result = (ok: boolean) => ({ ok, outcomes, changedCollectionIds: [...changed] })
  let reachedMs = afterMs
  for (const chunk of chunksOf(objects)) {
    const toMs = chunk.objects.at(-1)?.dateAddedMs ?? reachedMs
    const dating = byGivenDates(session, collectionRef, chunk, { afterMs: reachedMs, toMs })
    const added = await addChunk(session, collectionRef, chunk, dating)
    if (!added.hasMoved) return result(false)
    reachedMs = toMs
    for (const [key, { dateAddedMs }] of chunk.objects.entries()) {
      outcomes.push(presentOutcome(added, key) ?? { kind: 'added', dateAddedMs })
    }
    for (const id of added.changedCollectionIds) changed.add(id)
  }
  return result(await moveLastDate(session, collectionRef, reachedMs, throughMs))
}

/** True when the last date was `fromMs`, or has been moved before. */
export async function moveLastDate(
  session: Session,
  collectionRef: number,
  fromMs: number,
  toMs: number,
): Promise<boolean> {
  const { meta } = await session
    .prepare(
      'UPDATE collections SET last_added_ms = ?3 WHERE ref = ?1 AND last_added_ms IN (?2, ?3)',
    )
    .bind(collectionRef, fromMs, toMs)
    .run()
  return meta.changes > 0
}

/** What became of versions that were brought in before; ends at the first that is not there. */
export async function findRestored(
  session: Session,
  collectionRef: number,
  objects: readonly NewObject[],
): Promise<AddOutcome[]> {
  const outcomes: AddOutcome[] = []
  for (const chunk of chunksOf(objects)) {
    const found = await readPresent(session, collectionRef, chunk)
    for (const key of chunk.objects.keys()) {
      const outcome = presentOutcome(found, key)
      if (outcome === undefined) return outcomes
      outcomes.push(outcome)
    }
  }
  return outcomes
}

/** If the last date is another one, no entry can be one of this transaction's. */
const OPEN_BATCH = `
  UPDATE collections
  SET batch_base_ms = CASE WHEN ref <> ?1 THEN max(last_added_ms + 1, ${NOW_MS})
                           WHEN last_added_ms = ?2 THEN ?2 + 1
                           ELSE ${Number.MAX_SAFE_INTEGER} END,
      batch_first_ref = (SELECT coalesce(max(ref), 0) + 1 FROM objects)
  WHERE ref = ?1 OR parent_ref = ?1`

const INSERT_ENTRIES = `
  INSERT INTO list_entries (collection_ref, list, is_current, date_added_ms, object_ref, bytes)
  SELECT ?1, l.value, o.is_current, r.value ->> 3, o.ref, o.bytes
  FROM collections c
  CROSS JOIN json_each(?2) r
  CROSS JOIN objects o ON o.collection_ref = ?1 AND o.stix_id = r.value ->> 0
    AND o.spec_version = r.value ->> 1 AND o.version_key = r.value ->> 2
    AND o.ref >= c.batch_first_ref
  CROSS JOIN json_each(o.lists) l
  WHERE c.ref = ?1`

const MOVE = 'UPDATE collections SET last_added_ms = ?3 WHERE ref = ?1 AND last_added_ms = ?2'

function byGivenDates(
  session: Session,
  collectionRef: number,
  chunk: Chunk<DatedObject>,
  { afterMs, toMs }: { afterMs: number; toMs: number },
): Dating {
  return {
    open: session.prepare(OPEN_BATCH).bind(collectionRef, afterMs),
    insertEntries: session.prepare(INSERT_ENTRIES).bind(
      collectionRef,
      versionsOf(chunk, ({ dateAddedMs }) => [dateAddedMs]),
    ),
    afterMs,
    move: session.prepare(MOVE).bind(collectionRef, afterMs, toMs),
  }
}
