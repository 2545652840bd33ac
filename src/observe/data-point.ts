// A request as a data point of Workers Analytics Engine. The order of the columns is a contract with
// the queries in docs/operating.md: new ones go to the end.
import { isolate } from './isolate.ts'
import type { RequestFacts } from './request-facts.ts'

/** Figures are worth no answer: a fault here is counted and goes no further. */
export function writeDataPoint(dataset: AnalyticsEngineDataset, facts: RequestFacts): void {
  try {
    dataset.writeDataPoint(dataPointOf(facts))
  } catch {
    isolate().lostDataPoints++
  }
}

export function dataPointOf(facts: RequestFacts): AnalyticsEngineDataPoint {
  return {
    // Sampling goes by the index: a busy key does not crowd out a quiet one.
    indexes: [facts.keyId ?? (facts.operator === undefined ? 'nobody' : 'operator')],
    blobs: [
      facts.operation ?? '',
      facts.method,
      facts.errorCode ?? '',
      facts.pageSource ?? '',
      facts.colo ?? '',
      facts.client ?? '',
      facts.operator ?? '',
    ],
    doubles: [
      facts.status,
      facts.weight ?? 0,
      facts.objects ?? 0,
      facts.bytes ?? 0,
      facts.totalMs,
      facts.admissionMs ?? 0,
      facts.d1Ms,
      facts.d1Queries,
      facts.d1RowsRead ?? 0,
      facts.d1RowsWritten ?? 0,
    ],
  }
}
