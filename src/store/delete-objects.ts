// Deleting an object, or some of its versions, from a collection and its views: one transaction that
// both chooses and deletes. The revision moves, so that no page made before is served after.
import { allOf, BoundValues } from './bound-values.ts'
import type { Session } from './database.ts'
import type { VersionFilter } from './page-query.ts'
import { settleEntries, settleObjects } from './standing.ts'
import { versionConditions } from './version-conditions.ts'

type Deletion = { collectionRef: number; stixId: string; versions: VersionFilter[] }

/** `changedCollectionIds`: the collection and its views, when anything was deleted. */
export type Deleted = { versions: number; changedCollectionIds: string[] }

/** Deletes the versions that all filters select; without a filter, every version. */
export async function deleteObjects(session: Session, deletion: Deletion): Promise<Deleted> {
  const { collectionRef, stixId, versions } = deletion
  const values = new BoundValues([collectionRef, stixId])
  const conditions = versions.flatMap((filter) => versionConditions(filter, values.bind))
  const ofObject = (sql: string) => session.prepare(sql).bind(collectionRef, stixId)
  const [, objects, revisions] = await session.batch<{ id: string }>([
    session.prepare(deleteEntries(conditions)).bind(...values.all),
    ofObject(DELETE_OBJECTS),
    session.prepare(MOVE_REVISION).bind(collectionRef),
    ofObject(settleObjects(THE_OBJECT)),
    ofObject(settleEntries(THE_OBJECT)),
  ])
  const changed = revisions?.results ?? []
  return {
    versions: objects?.meta.changes ?? 0,
    changedCollectionIds: changed.map(({ id }) => id),
  }
}

const THE_OBJECT = 'SELECT ?2 AS stix_id'

/** The entries, in every list here and in the views, of the versions that the conditions select. */
function deleteEntries(conditions: string[]): string {
  return `
  DELETE FROM list_entries
  WHERE (collection_ref, list, is_current, date_added_ms) IN (
    SELECT x.collection_ref, l.value, x.is_current, x.date_added_ms
    FROM objects o
    CROSS JOIN list_entries e ON e.collection_ref = ?1 AND e.list = 'id:' || ?2
      AND e.is_current = o.is_current AND e.object_ref = o.ref
    CROSS JOIN collections c ON c.ref = ?1 OR c.parent_ref = ?1
    CROSS JOIN list_entries x ON x.collection_ref = c.ref AND x.list = 'id:' || ?2
      AND x.is_current = o.is_current AND x.object_ref = o.ref
    CROSS JOIN json_each(o.lists) l
    WHERE ${allOf(['o.collection_ref = ?1', 'o.stix_id = ?2', ...conditions])})`
}

/** Versions whose entries have gone. */
const DELETE_OBJECTS = `
  DELETE FROM objects
  WHERE collection_ref = ?1 AND stix_id = ?2 AND NOT EXISTS (
    SELECT 1 FROM list_entries e
    WHERE e.collection_ref = ?1 AND e.list = 'id:' || ?2
      AND e.is_current = objects.is_current AND e.object_ref = objects.ref)`

/** Follows the deletion at once: it moves only when something was deleted. */
const MOVE_REVISION = `
  UPDATE collections SET revision = revision + 1
  WHERE (ref = ?1 OR parent_ref = ?1) AND changes() > 0
  RETURNING id`
