// What the service as a whole knows of itself, as metrics. It is read from the databases, so whichever
// isolate is asked, the answer is the same.
import type { Family, Sample } from '../observe/exposition.ts'
import type { HousekeepingRun, HousekeepingWork } from '../store/housekeeping.ts'
import type { CollectionFacts, DatabaseFacts, KeyCount } from '../store/service-facts.ts'

/** `facts` are undefined when the database could not be read. */
export type DatabaseState = { name: string; milliseconds: number; facts: DatabaseFacts | undefined }

export type ServiceState = {
  databases: readonly DatabaseState[]
  keys: { counts: readonly KeyCount[]; isComplete: boolean } | undefined
  lastRun: HousekeepingRun | undefined
}

export function serviceFamilies({ databases, keys, lastRun }: ServiceState): Family[] {
  return [
    ...databaseFamilies(databases),
    ...collectionFamilies(databases),
    gauge(
      'taxii_keys',
      'API keys by tier and state, as the list of keys has them.',
      (keys?.counts ?? []).map(({ tier, state, keys: value }) => ({
        labels: { tier, state },
        value,
      })),
    ),
    gauge(
      'taxii_keys_counted_all',
      'Whether all keys were counted (1), or the newest 10000 only (0).',
      keys === undefined ? [] : [{ value: Number(keys.isComplete) }],
    ),
    ...housekeepingFamilies(lastRun),
  ]
}

function databaseFamilies(databases: readonly DatabaseState[]): Family[] {
  const each = (value: (facts: DatabaseFacts) => number | undefined): Sample[] =>
    databases.flatMap(({ name, facts }) => {
      const known = facts === undefined ? undefined : value(facts)
      return known === undefined ? [] : [{ labels: { database: name }, value: known }]
    })
  return [
    gauge(
      'taxii_database_up',
      'Whether the database could be read (1) or not (0).',
      databases.map(({ name, facts }) => ({
        labels: { database: name },
        value: facts === undefined ? 0 : 1,
      })),
    ),
    gauge(
      'taxii_database_read_seconds',
      'How long reading these figures took.',
      databases.map(({ name, milliseconds }) => ({
        labels: { database: name },
        value: milliseconds / 1000,
      })),
    ),
    gauge(
      'taxii_database_size_bytes',
      'Size of the database.',
      each(({ bytes }) => bytes),
    ),
    gauge(
      'taxii_database_highest_object_ref',
      'Number of the object version stored last: what is stored is no more, and it grows by what is added.',
      each(({ highestObjectRef }) => highestObjectRef),
    ),
    gauge(
      'taxii_removals_pending',
      'Deleted collections whose rows are still there.',
      each(({ removals }) => removals.pending),
    ),
    gauge(
      'taxii_removals_oldest_timestamp_seconds',
      'When the deletion that waits longest was asked for, Unix time.',
      each(({ removals }) => seconds(removals.oldestMs)),
    ),
  ]
}

function collectionFamilies(databases: readonly DatabaseState[]): Family[] {
  const all = databases.flatMap(({ name, facts }) =>
    (facts?.collections ?? []).map((collection) => ({ database: name, collection })),
  )
  const each = (value: (collection: CollectionFacts) => number | undefined): Sample[] =>
    all.flatMap(({ collection }) => {
      const known = value(collection)
      return known === undefined ? [] : [{ labels: { collection: collection.id }, value: known }]
    })
  return [
    gauge(
      'taxii_collection_info',
      'A collection, and where it is.',
      all.map(({ database, collection: { id, alias, isView } }) => ({
        labels: { collection: id, alias: alias ?? '', view: String(isView), database },
        value: 1,
      })),
    ),
    gauge(
      'taxii_collection_last_added_timestamp_seconds',
      'The greatest date_added, Unix time; ahead of the clock after a large load.',
      each(({ lastAddedMs }) => (lastAddedMs === 0 ? undefined : lastAddedMs / 1000)),
    ),
    gauge(
      'taxii_collection_revision',
      'Moves when objects are deleted or the collection is changed.',
      each(({ revision }) => revision),
    ),
  ]
}

function housekeepingFamilies(run: HousekeepingRun | undefined): Family[] {
  if (run === undefined) return []
  const each = (value: (work: HousekeepingWork) => number): Sample[] =>
    run.databases.map((work) => ({ labels: { database: work.database }, value: value(work) }))
  const removed = ({
    statuses,
    searches,
    auditLines,
    removedRows,
    retiredVersions,
  }: HousekeepingWork) => statuses + searches + auditLines + removedRows + retiredVersions
  return [
    gauge('taxii_housekeeping_last_run_timestamp_seconds', 'When house was kept last, Unix time.', [
      { value: run.atMs / 1000 },
    ]),
    gauge('taxii_housekeeping_last_run_seconds', 'How long that took.', [
      { value: run.milliseconds / 1000 },
    ]),
    gauge(
      'taxii_housekeeping_last_run_removed',
      'What that removed, all kinds together.',
      each(removed),
    ),
    gauge(
      'taxii_housekeeping_more_left',
      'Whether that run left something to do (1).',
      each(({ isMoreLeft }) => Number(isMoreLeft)),
    ),
    gauge(
      'taxii_housekeeping_failed',
      'Whether a fault ended that run early (1).',
      each(({ problem }) => Number(problem !== null)),
    ),
  ]
}

function gauge(name: string, help: string, samples: Sample[]): Family {
  return { name, type: 'gauge', help, samples }
}

function seconds(ms: number | null): number | undefined {
  return ms === null ? undefined : ms / 1000
}
