// Which versions a filter takes, as SQL conditions.
import type { VersionFilter } from './page-query.ts'

/** Binds a value and gives its place in the statement. */
export type Bind = (value: unknown) => string

/** Conditions on the object `o` of the entry `e` under which a filter takes its version. */
export function versionConditions(filter: VersionFilter, bind: Bind): string[] {
  const isIn = (column: string, values: string[]) =>
    `${column} IN (SELECT value FROM json_each(${bind(JSON.stringify(values))}))`
  const { all, first, last, keys, specVersions } = filter
  const picks = () => [
    ...(first ? ['o.is_first = 1'] : []),
    ...(last ? ['o.is_last = 1'] : []),
    ...(keys.length > 0 ? [isIn('o.version_key', keys), unversionedAt(keys, bind)] : []),
  ]
  return [
    ...(all ? [] : [`(${picks().join(' OR ')})`]),
    specVersions === null ? NEWEST_SPEC_VERSION : isIn('o.spec_version', specVersions),
  ]
}

/** An object without versions has its date_added for one (TAXII 2.1 §3.4.1). */
function unversionedAt(keys: string[], bind: Bind): string {
  const stamps = keys.map((key) => Date.parse(`${key}Z`)).filter(Number.isFinite)
  return `(o.version_key = '' AND e.date_added_ms IN (
        SELECT value FROM json_each(${bind(JSON.stringify(stamps))})))`
}

const NEWEST_SPEC_VERSION = `o.spec_version = (
        SELECT max(s.spec_version) FROM objects s
        WHERE s.collection_ref = o.collection_ref AND s.stix_id = o.stix_id)`
