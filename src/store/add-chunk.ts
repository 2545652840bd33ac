// The transaction that adds a chunk of object versions to a collection and its views, and settles
// which version of an object is the current one. How the versions are dated is the caller's: by the
// clock, read inside (add-objects.ts), or by dates they had elsewhere (restore-objects.ts).
import type { Session } from './database.ts'
import type { Chunk, NewObject } from './object-chunks.ts'
import { settleEntries, settleObjects } from './standing.ts'

/** Which statements date a chunk; each knows the collection. */
export type Dating = {
  /** Sets `batch_base_ms` and `batch_first_ref` of the collection and its views. */
  open: D1PreparedStatement
  insertEntries: D1PreparedStatement
  /** Nothing is added unless this is the collection's last date; null = whatever it is. */
  afterMs: number | null
  /** Moves the collection's last date, by one row if it does. */
  move?: D1PreparedStatement
}

export type AddedChunk = {
  /** The first stamp of this transaction, where the clock dates it. */
  baseMs: number
  /** What was there before, by the place in the chunk. */
  present: Map<number, PresentRow>
  /** Stored texts by ref, where they differ from those given. */
  conflicting: Map<number, string>
  /** Ids of the collection and its views when an object got further versions. */
  changedCollectionIds: string[]
  hasMoved: boolean
}

export type PresentRow = { key: number; date_added_ms: number; ref: number }

const FIRST_REF = '(SELECT batch_first_ref FROM collections WHERE ref = ?1)'
/** Ids of this transaction's objects that have other versions too. */
const IDS_WITH_SIBLINGS = `
  SELECT DISTINCT n.stix_id FROM objects n WHERE n.ref >= ${FIRST_REF} AND EXISTS (
    SELECT 1 FROM objects s
    WHERE s.collection_ref = ?1 AND s.stix_id = n.stix_id AND s.ref <> n.ref)`

/**
 * The text of an object, out of the bytes of all of them: a cast of a bound value is made once for a
 * statement, and a part of a blob is found without counting characters.
 */
const textAt = (texts: string, start: string, bytes: string) =>
  `CAST(substr(CAST(${texts} AS BLOB), ${start}, ${bytes}) AS TEXT)`

const INSERT_OBJECTS = `
  INSERT INTO objects (collection_ref, stix_id, type, spec_version, version_key, version,
                       lists, further_lists, content, bytes)
  SELECT ?1, r.value ->> 0, r.value ->> 1, r.value ->> 2, r.value ->> 3, r.value ->> 4,
         r.value ->> 5, r.value ->> 6, ${textAt('?3', 'r.value ->> 7', 'r.value ->> 8')}, r.value ->> 8
  FROM json_each(?2) r
  WHERE EXISTS (SELECT 1 FROM collections WHERE ref = ?1 AND parent_ref IS NULL
                AND last_added_ms = coalesce(?4, last_added_ms))
  ORDER BY r.key
  ON CONFLICT DO NOTHING`

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

/** Rows of the versions that are stored: their place in the chunk, their stamp, their object. */
const presentSql = (condition: string) => `
  SELECT r.key, e.date_added_ms, o.ref
  FROM json_each(?2) r
  CROSS JOIN objects o ON o.collection_ref = ?1 AND o.stix_id = r.value ->> 0
    AND o.spec_version = r.value ->> 1 AND o.version_key = r.value ->> 2
  CROSS JOIN list_entries e ON e.collection_ref = ?1 AND e.list = 'id:' || o.stix_id
    AND e.is_current = o.is_current AND e.object_ref = o.ref
  ${condition}
  ORDER BY r.key`

/** Those that were there before this transaction. */
const READ_PRESENT = presentSql(`WHERE o.ref < ${FIRST_REF}`)

/** Stored texts that are not the text given for the object; rows are `[ref, text]`. */
const READ_CONFLICTING = `
  SELECT o.ref, o.content
  FROM json_each(?1) r
  CROSS JOIN objects o ON o.ref = r.value ->> 0
  WHERE o.content <> ${textAt('?2', 'r.value ->> 1', 'r.value ->> 2')}`

export async function addChunk(
  session: Session,
  collectionRef: number,
  chunk: Chunk<NewObject>,
  dating: Dating,
): Promise<AddedChunk> {
  const { open, insertEntries, afterMs, move } = dating
  const ofCollection = (sql: string) => session.prepare(sql).bind(collectionRef)
  const results = await session.batch<Record<string, unknown>>([
    open,
    session.prepare(INSERT_OBJECTS).bind(collectionRef, chunk.json, chunk.texts, afterMs),
    ofCollection(settleObjects(IDS_WITH_SIBLINGS)),
    insertEntries,
    ofCollection(INSERT_VIEW_ENTRIES),
    ofCollection(settleEntries(IDS_WITH_SIBLINGS)),
    ...(move === undefined ? [] : [move]),
    ofCollection(CLOSE_BATCH),
    ofCollection(READ_BATCH),
    session.prepare(READ_PRESENT).bind(collectionRef, versionsOf(chunk)),
  ])
  const [, , settled] = results
  const [batch, present] = results.slice(-2)
  const moved = move === undefined ? undefined : results.at(-4)
  const collections = batch?.results ?? []
  const isChanged = (settled?.meta.changes ?? 0) > 0
  const presentRows = (present?.results ?? []) as PresentRow[]
  return {
    baseMs: Number(collections[0]?.batch_base_ms),
    present: new Map(presentRows.map((row) => [row.key, row])),
    conflicting: await readConflicting(session, chunk, presentRows),
    changedCollectionIds: isChanged ? collections.map(({ id }) => String(id)) : [],
    hasMoved: (moved?.meta.changes ?? 0) > 0,
  }
}

/** The versions of a chunk as one bound value, with whatever else is to be known of each. */
export function versionsOf<Each extends NewObject>(
  { objects }: Chunk<Each>,
  more: (object: Each) => unknown[] = () => [],
): string {
  return JSON.stringify(
    objects.map((object) => [
      object.stixId,
      object.specVersion,
      object.versionKey,
      ...more(object),
    ]),
  )
}

/** Which versions of a chunk are stored, and as what. */
export async function readPresent(
  session: Session,
  collectionRef: number,
  chunk: Chunk<NewObject>,
): Promise<Pick<AddedChunk, 'present' | 'conflicting'>> {
  const { results } = await session
    .prepare(presentSql(''))
    .bind(collectionRef, versionsOf(chunk))
    .all<PresentRow>()
  return {
    present: new Map(results.map((row) => [row.key, row])),
    conflicting: await readConflicting(session, chunk, results),
  }
}

/** Stored texts by ref, where they differ from those given. */
async function readConflicting(
  session: Session,
  { texts, spans }: Chunk<NewObject>,
  present: readonly PresentRow[],
): Promise<Map<number, string>> {
  if (present.length === 0) return new Map()
  const given = present.map(({ key, ref }) => [ref, ...(spans[key] ?? [])])
  const rows = await session
    .prepare(READ_CONFLICTING)
    .bind(JSON.stringify(given), texts)
    .raw<[number, string]>()
  return new Map(rows)
}
