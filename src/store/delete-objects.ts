// Deleting object versions from a collection and its views, in one transaction: entries, texts, and
// which version is current from then on. The revision moves, so that no page made before is served
// after.
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
  return await deleteChosen(session, {
    objects: 'objects o',
    conditions: ['o.collection_ref = ?1', 'o.stix_id = ?2', ...conditions],
    ids: 'SELECT ?2 AS stix_id',
    first: [collectionRef, stixId],
    all: values.all,
  })
}

/**
 * What to delete, in SQL. `objects` and `conditions` give the versions as `o`, with their entry `e`
 * in the collection; `ids` is a sub-select of the ids they may have. `?1` is the collection. `ids`
 * uses `first` of the bound values only.
 */
export type Choice = {
  objects: string
  conditions: string[]
  ids: string
  first: [collectionRef: number, unknown]
  all: unknown[]
}

/** `also` are further statements of the same transaction. */
export async function deleteChosen(
  session: Session,
  { objects: from, conditions, ids, first, all }: Choice,
  also: D1PreparedStatement[] = [],
): Promise<Deleted> {
  const ofFirst = (sql: string) => session.prepare(sql).bind(...first)
  const [, objects, revisions] = await session.batch<{ id: string }>([
    session.prepare(deleteEntries(from, conditions)).bind(...all),
    ofFirst(deleteObjectsOf(ids)),
    session.prepare(MOVE_REVISION).bind(first[0]),
    ofFirst(settleObjects(ids)),
    ofFirst(settleEntries(ids)),
    ...also,
  ])
  const changed = revisions?.results ?? []
  return {
    versions: objects?.meta.changes ?? 0,
    changedCollectionIds: changed.map(({ id }) => id),
  }
}

/** The entries, in every list here and in the views, of the versions that the conditions select. */
function deleteEntries(objects: string, conditions: string[]): string {
  return `
  DELETE FROM list_entries
  WHERE (collection_ref, list, is_current, date_added_ms) IN (
    SELECT x.collection_ref, l.value, x.is_current, x.date_added_ms
    FROM ${objects}
    CROSS JOIN list_entries e ON e.collection_ref = ?1 AND e.list = 'id:' || o.stix_id
      AND e.is_current = o.is_current AND e.object_ref = o.ref
    CROSS JOIN collections c ON c.ref = ?1 OR c.parent_ref = ?1
    CROSS JOIN list_entries x ON x.collection_ref = c.ref AND x.list = 'id:' || o.stix_id
      AND x.is_current = o.is_current AND x.object_ref = o.ref
    CROSS JOIN json_each(o.lists) l
    WHERE ${allOf(conditions)})`
}

/** Versions whose entries have gone. */
function deleteObjectsOf(ids: string): string {
  return `
  DELETE FROM objects
  WHERE collection_ref = ?1 AND stix_id IN (${ids}) AND NOT EXISTS (
    SELECT 1 FROM list_entries e
    WHERE e.collection_ref = ?1 AND e.list = 'id:' || objects.stix_id
      AND e.is_current = objects.is_current AND e.object_ref = objects.ref)`
}

/** Follows the deletion at once: it moves only when something was deleted. */
const MOVE_REVISION = `
  UPDATE collections SET revision = revision + 1
  WHERE (ref = ?1 OR parent_ref = ?1) AND changes() > 0
  RETURNING id`
