// One page by one client, for servers that are too slow to be put under load.
import type { HttpReader } from '../load/http-reader.ts'
import { indicatorIds } from '../load/walk.ts'
import { pagePath, type TaxiiTarget } from '../servers/taxii-target.ts'

/** Milliseconds. Throws unless the page has as many objects as were asked for. */
export async function timePage(
  reader: HttpReader,
  target: TaxiiTarget,
  limit: number,
): Promise<number> {
  const url = target.url + pagePath(target, 'objects', { limit: String(limit) })
  const startedMs = performance.now()
  const { body } = await reader.require(url, target.headers())
  const tookMs = performance.now() - startedMs
  const { length } = indicatorIds(body)
  if (length !== limit) throw new Error(`${target.name}: ${length} objects, not ${limit}`)
  return tookMs
}
