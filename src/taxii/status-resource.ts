// The status of an add request (TAXII 2.1 §4.3.1): complete lists, counts that agree with them.
import type { Verdict } from '../ingest/load-objects.ts'
import { formatMillis } from '../stix/timestamp.ts'
import type { Status } from './resources.ts'

type Detail = NonNullable<Status['successes']>[number]

export function statusOf(id: string, requestedAtMs: number, verdicts: Verdict[]): Status {
  const successes: Detail[] = []
  const failures: Detail[] = []
  for (const verdict of verdicts) {
    if (verdict.kind === 'refused') failures.push(failureOf(verdict, requestedAtMs))
    else successes.push(successOf(verdict))
  }
  return {
    id,
    status: 'complete',
    request_timestamp: formatMillis(requestedAtMs),
    total_count: verdicts.length,
    success_count: successes.length,
    ...(successes.length === 0 ? {} : { successes }),
    failure_count: failures.length,
    ...(failures.length === 0 ? {} : { failures }),
    pending_count: 0,
  }
}

function successOf(verdict: Exclude<Verdict, { kind: 'refused' }>): Detail {
  const { id, version, dateAddedMs } = verdict
  const detail = { id, version: version ?? formatMillis(dateAddedMs) }
  return verdict.kind === 'present' ? { ...detail, message: 'already stored' } : detail
}

/** A refused object may have no version; the time of the request then stands for it. */
function failureOf(verdict: Extract<Verdict, { kind: 'refused' }>, requestedAtMs: number): Detail {
  const { id, version, message } = verdict
  return { id, version: version ?? formatMillis(requestedAtMs), message }
}
