// A stored version as the manifest, the versions list and the status name it.
import { formatMillis } from '../stix/timestamp.ts'
import type { ManifestRow } from '../store/pages.ts'
import type { Manifest } from './resources.ts'

export function manifestRecord(row: ManifestRow): Manifest['objects'][number] {
  return {
    id: row.stixId,
    date_added: formatMillis(row.dateAddedMs),
    version: versionText(row),
    media_type: `application/stix+json;version=${row.specVersion}`,
  }
}

/**
 * The object's `modified` or `created` as it was written; an object with neither has the time it
 * was added here for its one version (TAXII 2.1 §3.4.1).
 */
export function versionText(row: { version: string | null; dateAddedMs: number }): string {
  return row.version ?? formatMillis(row.dateAddedMs)
}
