// Adding objects: one transaction stores the texts, gives each version its date_added in this
// collection and in its views, and settles which version of an object is the current one.
// The clock is read inside that transaction, so stamps rise in commit order (docs/consistency.md).
import type { Session } from './database.ts'
import { BATCH_JSON_CHARS_MAX, BATCH_OBJECTS_MAX, OBJECT_ALONE_CHARS } from './limits.ts'
import { settleEntries, settleObjects } from './standing.ts'

export type NewObject = {
  stixId: string
  type: string
  specVersion: string
  versionKey: string
  version: string | undefined
  lists: string[]
  content: string
}

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
  const outcomes: AddOutcome[] = []
  const changed = new Set<string>()
  for (const chunk of chunksOf(newObjects)) {
    const added = await addChunk(session, collectionRef, chunk)
    outcomes.push(...added.outcomes)
    for (const id of added.changedCollectionIds) changed.add(id)
  }
  return { outcomes, changedCollectionIds: [...changed] }
}

type Chunk = { objects: NewObject[]; json: string; loneContent: string | null }

/** Chunks that D1 takes as one bound value; an outsized object goes alone, bound by itself. */
function* chunksOf(newObjects: readonly NewObject[]): Generator<Chunk> {
  let objects: NewObject[] = []
  let rows: string[] = []
  let chars = 0
  const versions = new Set<string>()
  const take = () => {
    const chunk = { objects, json: `[${rows.join(',')}]`, loneContent: null }
    objects = []
    rows = []
    chars = 0
    versions.clear()
    return chunk
  }
  for (const object of newObjects) {
    if (object.content.length > OBJECT_ALONE_CHARS) {
      if (objects.length > 0) yield take()
      yield { objects: [object], json: `[${rowOf(object, '')}]`, loneContent: object.content }
      continue
    }
    const row = rowOf(object, object.content)
    const version = `${object.stixId} ${object.specVersion} ${object.versionKey}`
    const isFull = chars + row.length > BATCH_JSON_CHARS_MAX || objects.length >= BATCH_OBJECTS_MAX
    // A second copy of a version waits for the next chunk, where the first is already stored.
    if (objects.length > 0 && (isFull || versions.has(version))) yield take()
    objects.push(object)
    rows.push(row)
    versions.add(version)
    chars += row.length + 1
  }
  if (objects.length > 0) yield take()
}

function rowOf(object: NewObject, content: string): string {
  return JSON.stringify([
    object.stixId,
    object.type,
    object.specVersion,
    object.versionKey,
    object.version ?? null,
    JSON.stringify(object.lists),
    content,
  ])
}

const NOW_MS = `CAST(unixepoch('subsec') * 1000 AS INTEGER)`
const FIRST_REF = '(SELECT batch_first_ref FROM collections WHERE ref = ?1)'
/** Ids of this transaction's objects that have other versions too. */
const IDS_WITH_SIBLINGS = `
  SELECT DISTINCT n.stix_id FROM objects n WHERE n.ref >= ${FIRST_REF} AND EXISTS (
    SELECT 1 FROM objects s
    WHERE s.collection_ref = ?1 AND s.stix_id = n.stix_id AND s.ref <> n.ref)`

const OPEN_BATCH = `
  UPDATE collections
  SET batch_base_ms = max(last_added_ms + 1, ${NOW_MS}),
      batch_first_ref = (SELECT coalesce(max(ref), 0) + 1 FROM objects)
  WHERE ref = ?1 OR parent_ref = ?1`

const INSERT_OBJECTS = `
  INSERT INTO objects (collection_ref, stix_id, type, spec_version, version_key, version,
                       lists, content, bytes)
  SELECT ?1, r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4,
         r.value ->> 5, coalesce(?3, r.value ->> 6),
         length(CAST(coalesce(?3, r.value ->> 6) AS BLOB))
  FROM json_each(?2) r
  WHERE EXISTS (SELECT 1 FROM collections WHERE ref = ?1 AND parent_ref IS NULL)
  ORDER BY r.key
  ON CONFLICT DO NOTHING`

const INSERT_ENTRIES = `
  INSERT INTO list_entries (collection_ref, list, is_current, date_added_ms, object_ref, bytes)
  SELECT ?1, l.value, o.is_current, c.batch_base_ms + o.ref - c.batch_first_ref, o.ref, o.bytes
  FROM collections c
  CROSS JOIN objects o ON o.ref >= c.batch_first_ref
  CROSS JOIN json_each(o.lists) l
  WHERE c.ref = ?1`

/** The new objects that a view selects are found by their entries in the lists it names. */
const INSERT_VIEW_ENTRIES = `
  INSERT INTO list_entries (collection_ref, list, is_current, date_added_ms, object_ref, bytes)
  SELECT v.ref, l.value, o.is_current, v.batch_base_ms + o.ref - v.batch_first_ref, o.ref, o.bytes
  FROM (
    SELECT DISTINCT w.ref AS view_ref, e.object_ref
    FROM collections w
    CROSS JOIN json_each(w.selector) s
    CROSS JOIN list_entries e ON e.collection_ref = ?1 AND e.list = s.value
      AND e.is_current IN (0, 1)
      AND e.date_added_ms >= (SELECT batch_base_ms FROM collections WHERE ref = ?1)
    WHERE w.parent_ref = ?1
  ) m
  CROSS JOIN collections v ON v.ref = m.view_ref
  CROSS JOIN objects o ON o.ref = m.object_ref
  CROSS JOIN json_each(o.lists) l`

const CLOSE_BATCH = `
  UPDATE collections SET last_added_ms = max(last_added_ms,
    coalesce((SELECT max(date_added_ms) FROM list_entries e
              WHERE e.collection_ref = collections.ref AND e.list = '*' AND e.is_current = 1), 0),
    coalesce((SELECT max(date_added_ms) FROM list_entries e
              WHERE e.collection_ref = collections.ref AND e.list = '*' AND e.is_current = 0), 0))
  WHERE ref = ?1 OR parent_ref = ?1`

/** The collection first, then its views. */
const READ_BATCH = `
  SELECT id, batch_base_ms FROM collections WHERE ref = ?1 OR parent_ref = ?1
  ORDER BY ref <> ?1`

/** The rows that were there before: their place in the batch, their stamp, their object. */
const READ_PRESENT = `
  SELECT r.key, e.date_added_ms, o.ref
  FROM json_each(?2) r
  CROSS JOIN objects o ON o.collection_ref = ?1 AND o.stix_id = r.value ->> 0
    AND o.spec_version = r.value ->> 1 AND o.version_key = r.value ->> 2
  CROSS JOIN list_entries e ON e.collection_ref = ?1 AND e.list = 'id:' || o.stix_id
    AND e.is_current = o.is_current AND e.object_ref = o.ref
  WHERE o.ref < ${FIRST_REF}
  ORDER BY r.key`

/** Stored texts that are not the text given for the object; rows are `[ref, text]`. */
const READ_CONFLICTING = `
  SELECT o.ref, o.content
  FROM json_each(?1) r
  CROSS JOIN objects o ON o.ref = r.value ->> 0
  WHERE o.content <> coalesce(?2, r.value ->> 1)`

async function addChunk(session: Session, collectionRef: number, chunk: Chunk): Promise<Added> {
  const ofCollection = (sql: string) => session.prepare(sql).bind(collectionRef)
  const versions = JSON.stringify(
    chunk.objects.map(({ stixId, specVersion, versionKey }) => [stixId, specVersion, versionKey]),
  )
  const results = await session.batch<Record<string, unknown>>([
    ofCollection(OPEN_BATCH),
    session.prepare(INSERT_OBJECTS).bind(collectionRef, chunk.json, chunk.loneContent),
    ofCollection(settleObjects(IDS_WITH_SIBLINGS)),
    ofCollection(INSERT_ENTRIES),
    ofCollection(INSERT_VIEW_ENTRIES),
    ofCollection(settleEntries(IDS_WITH_SIBLINGS)),
    ofCollection(CLOSE_BATCH),
    ofCollection(READ_BATCH),
    session.prepare(READ_PRESENT).bind(collectionRef, versions),
  ])
  const [, , settled] = results
  const [batch, present] = results.slice(-2)
  const collections = batch?.results ?? []
  const isChanged = (settled?.meta.changes ?? 0) > 0
  const presentRows = (present?.results ?? []) as PresentRow[]
  const conflicting = await readConflicting(session, chunk, presentRows)
  return {
    outcomes: outcomesOf(chunk, Number(collections[0]?.batch_base_ms), presentRows, conflicting),
    changedCollectionIds: isChanged ? collections.map(({ id }) => String(id)) : [],
  }
}

type PresentRow = { key: number; date_added_ms: number; ref: number }

/** Stored texts by ref, where they differ from those given. Texts are sent only to be compared. */
async function readConflicting(
  session: Session,
  chunk: Chunk,
  present: PresentRow[],
): Promise<Map<number, string>> {
  if (present.length === 0) return new Map()
  const given = present.map(({ key, ref }) => [
    ref,
    chunk.loneContent === null ? chunk.objects[key]?.content : null,
  ])
  const rows = await session
    .prepare(READ_CONFLICTING)
    .bind(JSON.stringify(given), chunk.loneContent)
    .raw<[number, string]>()
  return new Map(rows)
}

/** New rows took the refs, and so the stamps, that follow one another in the order of the chunk. */
function outcomesOf(
  chunk: Chunk,
  baseMs: number,
  presentRows: PresentRow[],
  conflicting: Map<number, string>,
): AddOutcome[] {
  const present = new Map(presentRows.map((row) => [row.key, row]))
  let nextMs = baseMs
  return chunk.objects.map((_, key): AddOutcome => {
    const row = present.get(key)
    if (row === undefined) return { kind: 'added', dateAddedMs: nextMs++ }
    const storedContent = conflicting.get(row.ref)
    if (storedContent === undefined) return { kind: 'present', dateAddedMs: row.date_added_ms }
    return { kind: 'conflicting', dateAddedMs: row.date_added_ms, storedContent }
  })
}
