// Which version of an object is its first, its last, its current one: facts of the whole collection,
// settled in the transaction that adds or removes a version, never computed for a page.

// The joins are CROSS JOINs so that the planner keeps their order: from the few objects concerned
// to their entries, never through a whole collection.

/**
 * Settles the objects whose ids the sub-select gives as `stix_id`. `?1` is bound to the collection;
 * the sub-select may use further parameters.
 */
export function settleObjects(stixIds: string): string {
  return `
  UPDATE objects AS o SET
    is_first = NOT EXISTS (SELECT 1 FROM objects s
      WHERE s.collection_ref = o.collection_ref AND s.stix_id = o.stix_id
        AND s.spec_version = o.spec_version AND s.version_key < o.version_key),
    is_last = NOT EXISTS (SELECT 1 FROM objects s
      WHERE s.collection_ref = o.collection_ref AND s.stix_id = o.stix_id
        AND s.spec_version = o.spec_version AND s.version_key > o.version_key),
    is_current = NOT EXISTS (SELECT 1 FROM objects s
      WHERE s.collection_ref = o.collection_ref AND s.stix_id = o.stix_id
        AND (s.spec_version, s.version_key) > (o.spec_version, o.version_key))
  WHERE o.collection_ref = ?1 AND o.stix_id IN (${stixIds})`
}

/**
 * Moves list entries whose object has become, or ceased to be, current: here and in the views.
 * The entries are named by their primary key in a sub-select: joined to the table that is updated,
 * they would be looked for by going through that table.
 */
export function settleEntries(stixIds: string): string {
  return `
  UPDATE list_entries SET is_current = 1 - is_current
  WHERE (collection_ref, list, is_current, date_added_ms) IN (
    SELECT e.collection_ref, l.value, e.is_current, e.date_added_ms
    FROM (${stixIds}) i
    CROSS JOIN objects o ON o.collection_ref = ?1 AND o.stix_id = i.stix_id
    CROSS JOIN collections c ON c.ref = ?1 OR c.parent_ref = ?1
    CROSS JOIN list_entries e ON e.collection_ref = c.ref AND e.list = 'id:' || o.stix_id
      AND e.is_current = 1 - o.is_current AND e.object_ref = o.ref
    CROSS JOIN json_each(o.lists) l)`
}
