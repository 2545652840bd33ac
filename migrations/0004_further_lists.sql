ALTER TABLE `objects` ADD `further_lists` text;
--> statement-breakpoint
-- Release 0.1 cut the lists of a version at 200, the last of them "revoked:true". The indicators
-- concerned are looked for among those that are large enough to have so many lists.
INSERT INTO list_entries (collection_ref, list, is_current, date_added_ms, object_ref, bytes)
SELECT e.collection_ref, 'revoked:true', e.is_current, e.date_added_ms, e.object_ref, e.bytes
FROM collections c
CROSS JOIN list_entries e ON e.collection_ref = c.ref AND e.list = 'type:indicator'
  AND e.is_current IN (0, 1) AND e.bytes > 900
CROSS JOIN objects o ON o.ref = e.object_ref
WHERE json_array_length(o.lists) = 200 AND o.content ->> '$.revoked' = 1
  AND NOT EXISTS (SELECT 1 FROM json_each(o.lists) l WHERE l.value = 'revoked:true');
--> statement-breakpoint
UPDATE objects SET lists = json_insert(lists, '$[#]', 'revoked:true')
WHERE ref IN (
  SELECT e.object_ref FROM collections c
  CROSS JOIN list_entries e ON e.collection_ref = c.ref AND e.list = 'revoked:true'
    AND e.is_current IN (0, 1) AND e.bytes > 900)
AND json_array_length(lists) = 200
AND NOT EXISTS (SELECT 1 FROM json_each(objects.lists) l WHERE l.value = 'revoked:true');
--> statement-breakpoint
-- No page or search from before may be gone on with: only these versions stand in 201 lists.
UPDATE collections SET revision = revision + 1
WHERE EXISTS (
  SELECT 1 FROM list_entries e CROSS JOIN objects o ON o.ref = e.object_ref
  WHERE e.collection_ref = collections.ref AND e.list = 'revoked:true' AND e.is_current IN (0, 1)
    AND e.bytes > 900 AND json_array_length(o.lists) = 201);
