// What an isolate counted, as metrics: each series names the isolate, so that the counters of two are
// never taken for one that went back.
import type { Family, Sample } from './exposition.ts'
import { DURATION_BOUNDS, type Isolate, type OperationCounts } from './isolate.ts'

type Memory = { bytes: number; entries: number; evictions: number }

export function isolateFamilies(isolate: Isolate, memory: Memory): Family[] {
  const one = (value: number): Sample[] => [{ labels: { isolate: isolate.id }, value }]
  const by = (label: string, counts: ReadonlyMap<string, number>): Sample[] =>
    [...counts].map(([name, value]) => ({ labels: { isolate: isolate.id, [label]: name }, value }))
  const { database } = isolate
  return [
    gauge(
      'start_time_seconds',
      'When this isolate began, Unix time.',
      one(isolate.startedAtMs / 1000),
    ),
    counter(
      'requests_total',
      'Requests answered by this isolate, by operation (empty = none) and class of status.',
      requestSamples(isolate),
    ),
    {
      name: 'taxii_isolate_request_duration_seconds',
      type: 'histogram',
      help: 'Time until the answer was ready. On Workers the clock moves with input and output only.',
      samples: [...isolate.operations].flatMap(([operation, counts]) =>
        durationSamples({ isolate: isolate.id, operation }, counts),
      ),
    },
    counter('refusals_total', 'Requests refused, by code.', by('code', isolate.refusals)),
    counter('pages_total', 'Pages answered, by where they came from.', by('source', isolate.pages)),
    counter('d1_queries_total', 'Calls to D1; a batch is one.', one(database.queries)),
    counter('d1_seconds_total', 'Time waited for D1.', one(database.milliseconds / 1000)),
    counter(
      'd1_rows_read_total',
      'Rows read by calls whose answer says so: not all do.',
      one(database.rowsRead),
    ),
    counter('d1_rows_written_total', 'Rows written, as D1 counts them.', one(database.rowsWritten)),
    gauge('page_cache_bytes', 'Memory taken by finished pages.', one(memory.bytes)),
    gauge('page_cache_entries', 'Finished pages in memory.', one(memory.entries)),
    counter('page_cache_evictions_total', 'Pages forgotten to make room.', one(memory.evictions)),
    counter(
      'lost_data_points_total',
      'Data points that Analytics Engine did not take.',
      one(isolate.lostDataPoints),
    ),
  ]
}

function gauge(name: string, help: string, samples: Sample[]): Family {
  return { name: `taxii_isolate_${name}`, type: 'gauge', help, samples }
}

function counter(name: string, help: string, samples: Sample[]): Family {
  return { name: `taxii_isolate_${name}`, type: 'counter', help, samples }
}

function requestSamples({ id, operations }: Isolate): Sample[] {
  return [...operations].flatMap(([operation, { statusClasses }]) =>
    statusClasses.flatMap((value, statusClass) =>
      value === 0
        ? []
        : [{ labels: { isolate: id, operation, status: `${statusClass}xx` }, value }],
    ),
  )
}

/** Buckets of the format hold all that is below their bound. */
function durationSamples(
  labels: Record<string, string>,
  { durations, totalMs }: OperationCounts,
): Sample[] {
  let sum = 0
  const buckets = durations.map((count, at): Sample => {
    sum += count
    const le = String(DURATION_BOUNDS[at] ?? '+Inf')
    return { suffix: '_bucket', labels: { ...labels, le }, value: sum }
  })
  return [
    ...buckets,
    { suffix: '_sum', labels, value: totalMs / 1000 },
    { suffix: '_count', labels, value: sum },
  ]
}
