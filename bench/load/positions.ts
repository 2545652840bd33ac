// Places in a collection at which pages can begin, each given out once, so that no cache has the
// page: after as many requests as there are places they begin anew.
import type { Random } from '../../cli/sample-feed/random.ts'
import type { Headers, HttpReader } from './http-reader.ts'

/** The dates of a page's first and last object, as milliseconds. */
export type PageDates = { firstMs: number; lastMs: number }

const PAGE_LIMIT = 1_000
/** A page that begins in the last one would not be full. */
const TAIL_PAGES = 1

/** Dates of every page of 1,000, read from the manifest by its headers. */
export async function readPageDates(
  reader: HttpReader,
  manifestUrl: string,
  headers: Headers,
): Promise<PageDates[]> {
  const pages: PageDates[] = []
  let after: string | undefined
  for (;;) {
    const query = new URLSearchParams({ limit: String(PAGE_LIMIT), ...(after && { added_after: after }) })
    const answer = await reader.require(`${manifestUrl}?${query}`, headers)
    const first = answer.headers['x-taxii-date-added-first']
    const last = answer.headers['x-taxii-date-added-last']
    if (typeof first !== 'string' || typeof last !== 'string' || last === after) return pages
    pages.push({ firstMs: Date.parse(first), lastMs: Date.parse(last) })
    if (!/"more":\s*true/.test(answer.body.toString('latin1'))) return pages
    after = last
  }
}

export class Positions {
  readonly #positions: readonly number[]
  #given = 0

  /** Throws RangeError for none. */
  constructor(positions: readonly number[], random: Random) {
    if (positions.length === 0) throw new RangeError('the collection is too small to page in')
    this.#positions = random.shuffle(positions)
  }

  get count(): number {
    return this.#positions.length
  }

  next(): number {
    return this.#positions[this.#given++ % this.#positions.length] ?? 0
  }
}

/** Up to `count` distinct milliseconds, spread evenly over all pages that have full pages behind. */
export function spreadOver(pages: readonly PageDates[], count: number): number[] {
  const usable = pages.slice(0, -TAIL_PAGES)
  const perPage = Math.ceil(count / Math.max(1, usable.length))
  const positions = usable.flatMap(({ firstMs, lastMs }) => {
    const spanMs = lastMs - firstMs + 1
    const steps = Math.min(perPage, spanMs)
    return Array.from({ length: steps }, (_, step) => firstMs + Math.floor((step * spanMs) / steps))
  })
  return [...new Set(positions)]
}
