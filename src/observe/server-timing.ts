// The Server-Timing header (https://www.w3.org/TR/server-timing/): where a request's time went, for a
// client that asks.
import type { RequestFacts } from './request-facts.ts'

export function serverTimingOf(facts: RequestFacts): string {
  const { admissionMs, d1Ms, d1Queries, pageSource, totalMs } = facts
  return [
    ...(admissionMs === undefined ? [] : [`admission;dur=${admissionMs}`]),
    `d1;dur=${d1Ms};desc="${d1Queries} ${d1Queries === 1 ? 'query' : 'queries'}"`,
    ...(pageSource === undefined ? [] : [`cache;desc=${pageSource}`]),
    `total;dur=${totalMs}`,
  ].join(', ')
}
