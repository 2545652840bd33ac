// Adding objects: one transaction stores the texts, gives each version its date_added in this
// collection and in its views, and settles which version of an object is the current one.
// The clock is read inside that transaction, so stamps rise in commit order (docs/consistency.md).
import { type AddedChunk, addChunk, type Dating } from './add-chunk.ts'
import type { Session } from './database.ts'
import { type Chunk, chunksWithCopiesLast, type NewObject } from './object-chunks.ts'

/** `conflicting`: the same id and version is stored with another text, returned for comparison. */
export type AddOutcome =
  | { kind: 'added'; dateAddedMs: number }
  | { kind: 'present'; dateAddedMs: number }
  | { kind: 'conflicting'; dateAddedMs: number; storedContent: string }

/** Outcomes stand in the order of the objects. */
export type Added = {
  outcomes: AddOutcome[]
  /** Ids of the collection and its views when an object got further versions. */
  changedCollectionIds: string[]
}

/**
 * Adds object versions to a collection that is not a view. Each chunk is one transaction: what an
 * outcome says is committed, whatever happens later.
 */
export async function addObjects(
  session: Session,
  collectionRef: number,
  newObjects: readonly NewObject[],
): Promise<Added> {
  const outcomes = new Map<NewObject, AddOutcome>()
  const changed = new Set<string>()
  for (const chunk of chunksWithCopiesLast(newObjects)) {
    const added = await addChunk(session, collectionRef, chunk, byTheClock(session, collectionRef))
    for (const [key, outcome] of outcomesOf(chunk, added).entries()) {
      const object = chunk.objects[key]
      if (object !== undefined) outcomes.set(object, outcome)
    }
    for (const id of added.changedCollectionIds) changed.add(id)
  }
  return {
    outcomes: newObjects.flatMap((object) => outcomes.get(object) ?? []),
    changedCollectionIds: [...changed],
  }
}

export const NOW_MS = `CAST(unixepoch('subsec') * 1000 AS INTEGER)`

const OPEN_BATCH = `
  UPDATE collections
  SET batch_base_ms = max(last_added_ms + 1, ${NOW_MS}),
      batch_first_ref = (SELECT coalesce(max(ref), 0) + 1 FROM objects)
  WHERE ref = ?1 OR parent_ref = ?1`

const INSERT_ENTRIES = `
  INSERT INTO list_entries (collection_ref, list, is_current, date_added_ms, object_ref, bytes)
  SELECT ?1, l.value, o.is_current, c.batch_base_ms + o.ref - c.batch_first_ref, o.ref, o.bytes
  FROM collections c
  CROSS JOIN objects o ON o.ref >= c.batch_first_ref
  CROSS JOIN json_each(o.lists) l
  WHERE c.ref = ?1`

function byTheClock(session: Session, collectionRef: number): Dating {
  return {
    open: session.prepare(OPEN_BATCH).bind(collectionRef),
    insertEntries: session.prepare(INSERT_ENTRIES).bind(collectionRef),
    afterMs: null,
  }
}

/** New rows took the refs, and so the stamps, that follow one another in the order of the chunk. */
function outcomesOf({ objects }: Chunk<NewObject>, added: AddedChunk): AddOutcome[] {
  let nextMs = added.baseMs
  return objects.map(({ content }, key) => {
    const outcome = presentOutcome(added, key)
    if (outcome === undefined) return { kind: 'added', dateAddedMs: nextMs++ }
    // Of several copies in a chunk another one may be what differs.
    const isSame = outcome.kind === 'conflicting' && outcome.storedContent === content
    return isSame ? { kind: 'present', dateAddedMs: outcome.dateAddedMs } : outcome
  })
}

/** Of a version that was there before; undefined when it was not. */
export function presentOutcome(
  { present, conflicting }: Pick<AddedChunk, 'present' | 'conflicting'>,
  key: number,
): AddOutcome | undefined {
  const row = present.get(key)
  if (row === undefined) return undefined
  const { date_added_ms: dateAddedMs } = row
  const storedContent = conflicting.get(row.ref)
  if (storedContent === undefined) return { kind: 'present', dateAddedMs }
  return { kind: 'conflicting', dateAddedMs, storedContent }
}
