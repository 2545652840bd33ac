// The two date headers of a page (TAXII 2.1 §3.2): its first and last date_added, and on an empty
// page the position that was asked for, so that a poller keeps its place.
import { formatMicros, formatMillis } from '../stix/timestamp.ts'

export function dateAddedHeaders(
  { firstMs, lastMs }: { firstMs: number | null; lastMs: number | null },
  positionMicros: number | undefined,
): Record<string, string> {
  if (firstMs !== null && lastMs !== null) {
    return headers(formatMillis(firstMs), formatMillis(lastMs))
  }
  if (positionMicros === undefined) return {}
  const position = formatMicros(positionMicros)
  return headers(position, position)
}

function headers(first: string, last: string): Record<string, string> {
  return { 'X-TAXII-Date-Added-First': first, 'X-TAXII-Date-Added-Last': last }
}
