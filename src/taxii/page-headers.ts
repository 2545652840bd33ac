// The two date headers of a page (TAXII 2.1 §3.2): its first and last date_added, and on an empty
// page the position that was asked for, so that a poller keeps its place.
import { formatMicros, formatMillis } from '../stix/timestamp.ts'

export function dateAddedHeaders(
  rows: readonly { dateAddedMs: number }[],
  positionMicros: number | undefined,
): Record<string, string> {
  const first = rows[0]
  const last = rows.at(-1)
  if (first !== undefined && last !== undefined) {
    return headers(formatMillis(first.dateAddedMs), formatMillis(last.dateAddedMs))
  }
  if (positionMicros === undefined) return {}
  const position = formatMicros(positionMicros)
  return headers(position, position)
}

function headers(first: string, last: string): Record<string, string> {
  return { 'X-TAXII-Date-Added-First': first, 'X-TAXII-Date-Added-Last': last }
}
