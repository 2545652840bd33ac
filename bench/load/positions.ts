// Places in a collection at which pages can begin, each given out once, so that no cache has the
// page: after as many requests as there are places they begin anew.
import type { Random } from '../../cli/sample-feed/random.ts'
import { pagePath, type TaxiiTarget } from '../servers/taxii-target.ts'
import type { HttpReader } from './http-reader.ts'

/** The dates of a page's first and last object, as milliseconds. */
export type PageDates = { firstMs: number; lastMs: number }

const PAGE_LIMIT = 1_000

/** Dates of every page of 1,000, read from the manifest by its headers. */
export async function readPageDates(reader: HttpReader, target: TaxiiTarget): Promise<PageDates[]> {
  const pages: PageDates[] = []
  let after: string | undefined
  for (;;) {
    const parameters = { limit: String(PAGE_LIMIT), ...(after && { added_after: after }) }
    const url = target.url + pagePath(target, 'manifest', parameters)
    const { headers, body } = await reader.require(url, target.headers())
    const first = headers['x-taxii-date-added-first']
    const last = headers['x-taxii-date-added-last']
    if (typeof first !== 'string' || typeof last !== 'string' || last === after) return pages
    pages.push({ firstMs: Date.parse(first), lastMs: Date.parse(last) })
    if (!/"more":\s*true/.test(body.toString('latin1'))) return pages
    after = last
  }
}

export class Positions {
  readonly #positions: readonly number[]
  #given = 0

  /** Throws RangeError for none. What a server kept of an earlier order would not be cold. */
  constructor(positions: readonly number[], random: Random) {
    if (positions.length === 0) throw new RangeError('the collection is too small to page in')
    this.#positions = random.shuffle(positions)
  }

  next(): number {
    return this.#positions[this.#given++ % this.#positions.length] ?? 0
  }
}

/**
 * Up to `count` distinct milliseconds, spread evenly over all pages but the last: what begins in
 * that one is not a full page.
 */
export function spreadOver(pages: readonly PageDates[], count: number): number[] {
  const usable = pages.length > 1 ? pages.slice(0, -1) : pages
  const perPage = Math.ceil(count / Math.max(1, usable.length))
  const positions = usable.flatMap(({ firstMs, lastMs }) => {
    const spanMs = lastMs - firstMs + 1
    const steps = Math.min(perPage, spanMs)
    return Array.from({ length: steps }, (_, step) => firstMs + Math.floor((step * spanMs) / steps))
  })
  return [...new Set(positions)]
}
