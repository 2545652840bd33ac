// Deleting an object, or some of its versions, from a collection and its views. The collection's
// revision moves, so that no page made before is served after.
import type { Session } from './database.ts'
import type { VersionFilter } from './page-query.ts'
import { settleEntries, settleObjects } from './standing.ts'
import { versionConditions } from './version-conditions.ts'

type Deletion = { collectionRef: number; stixId: string; versions: VersionFilter[] }

/** `changedCollectionIds`: the collection and its views, when anything was deleted. */
export type Deleted = { versions: number; changedCollectionIds: string[] }

/** Deletes the versions that all filters select; without a filter, every version. */
export async function deleteObjects(session: Session, deletion: Deletion): Promise<Deleted> {
  const { collectionRef, stixId } = deletion
  const refs = await selectRefs(session, deletion)
  if (refs.length === 0) return { versions: 0, changedCollectionIds: [] }
  const ofRefs = (sql: string) => session.prepare(sql).bind(collectionRef, JSON.stringify(refs))
  const ofObject = (sql: string) => session.prepare(sql).bind(collectionRef, stixId)
  const results = await session.batch<{ id: string }>([
    ofRefs(DELETE_ENTRIES),
    ofRefs(DELETE_OBJECTS),
    ofObject(settleObjects(THE_OBJECT)),
    ofObject(settleEntries(THE_OBJECT)),
    session.prepare(MOVE_REVISION).bind(collectionRef),
  ])
  const changed = results.at(-1)?.results ?? []
  return { versions: refs.length, changedCollectionIds: changed.map(({ id }) => id) }
}

async function selectRefs(session: Session, deletion: Deletion): Promise<number[]> {
  const values: unknown[] = [deletion.collectionRef, deletion.stixId]
  const bind = (value: unknown) => `?${values.push(value)}`
  const conditions = deletion.versions.flatMap((filter) => versionConditions(filter, bind))
  const sql = `
    SELECT o.ref FROM objects o
    CROSS JOIN list_entries e ON e.collection_ref = ?1 AND e.list = 'id:' || o.stix_id
      AND e.is_current = o.is_current AND e.object_ref = o.ref
    WHERE ${['o.collection_ref = ?1', 'o.stix_id = ?2', ...conditions].join(' AND ')}`
  const rows = await session
    .prepare(sql)
    .bind(...values)
    .raw<[number]>()
  return rows.map(([ref]) => ref)
}

const THE_OBJECT = 'SELECT ?2 AS stix_id'

const DELETE_ENTRIES = `
  DELETE FROM list_entries
  WHERE (collection_ref, list, is_current, date_added_ms) IN (
    SELECT e.collection_ref, l.value, e.is_current, e.date_added_ms
    FROM json_each(?2) r
    CROSS JOIN objects o ON o.ref = r.value AND o.collection_ref = ?1
    CROSS JOIN collections c ON c.ref = ?1 OR c.parent_ref = ?1
    CROSS JOIN list_entries e ON e.collection_ref = c.ref AND e.list = 'id:' || o.stix_id
      AND e.is_current = o.is_current AND e.object_ref = o.ref
    CROSS JOIN json_each(o.lists) l)`

const DELETE_OBJECTS = `
  DELETE FROM objects
  WHERE collection_ref = ?1 AND ref IN (SELECT value FROM json_each(?2))`

const MOVE_REVISION = `
  UPDATE collections SET revision = revision + 1 WHERE ref = ?1 OR parent_ref = ?1
  RETURNING id`
