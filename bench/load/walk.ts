// One client reads a whole collection by `next`. Receiving and unpacking count; finding out which
// objects came does not, since that is the benchmark's own work.
import { gunzipSync } from 'node:zlib'
import { pagePath, type TaxiiTarget } from '../servers/taxii-target.ts'
import type { HttpReader } from './http-reader.ts'

export type WalkReport = {
  /** Objects that came, repeated ones as often as they came. */
  objects: number
  /** Objects that came once and only once. */
  once: number
  seconds: number
  /** The part of them without unpacking. */
  receivingSeconds: number
  pages: number
  bytes: number
}

const NOTHING = { objects: 0, once: 0, seconds: 0, receivingSeconds: 0, pages: 0, bytes: 0 }
const ENVELOPE_EDGE_BYTES = 600

/** Throws when a page promises another one and does not say where it begins. */
export async function walk(
  reader: HttpReader,
  target: TaxiiTarget,
  { limit, encoding }: { limit: number; encoding: 'identity' | 'gzip' },
): Promise<WalkReport> {
  const seen = new Set<string>()
  const again = new Set<string>()
  const report = { ...NOTHING }
  let next: string | undefined
  do {
    const parameters = { limit: String(limit), ...(next && { next }) }
    const url = target.url + pagePath(target, 'objects', parameters)
    const headers = { ...target.headers(), 'Accept-Encoding': encoding }
    const startedMs = performance.now()
    const { headers: received, body } = await reader.require(url, headers)
    report.receivingSeconds += (performance.now() - startedMs) / 1000
    const page = received['content-encoding'] === 'gzip' ? gunzipSync(body) : body
    next = nextOf(page)
    report.seconds += (performance.now() - startedMs) / 1000
    report.pages++
    report.bytes += body.byteLength
    for (const id of indicatorIds(page)) {
      report.objects++
      if (seen.has(id)) again.add(id)
      seen.add(id)
    }
  } while (next !== undefined)
  return { ...report, once: seen.size - again.size }
}

/** Where the next page begins, or undefined after the last. Servers write it first or last. */
export function nextOf(page: Buffer): string | undefined {
  const head = page.toString('latin1', 0, ENVELOPE_EDGE_BYTES)
  const tail = page.toString('latin1', Math.max(0, page.byteLength - ENVELOPE_EDGE_BYTES))
  const found = (pattern: RegExp) => (pattern.exec(head) ?? pattern.exec(tail))?.[1]
  const next = found(/"next":\s*"([^"]+)"/)
  if (found(/"more":\s*(true|false)/) !== 'true') return undefined
  if (next === undefined) throw new Error('a page promises more and does not say where')
  return next
}

export function indicatorIds(page: Buffer): string[] {
  const ids = page.toString('latin1').matchAll(/"id":\s*"indicator--([0-9a-f-]{36})"/g)
  return Array.from(ids, ([, id = '']) => id)
}
