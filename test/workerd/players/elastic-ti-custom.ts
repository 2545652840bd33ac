// Elastic's ti_custom integration in TAXII mode (clients.md §3.6): `next` alone decides, `more` is
// never read, and the mark of time is whatever X-TAXII-Date-Added-Last says, or nothing.
import type { Feed } from './feed.ts'
import { Holdings, type Player, sendWell } from './player.ts'
import { toRfc3339 } from './timestamps.ts'

/** `old`: before 1.8.2, when requests with `next` lost `added_after` and the filters. */
export type Release = 'old' | 'new'

const INITIAL_INTERVAL_MS = 120 * 24 * 3_600_000

export class ElasticTiCustom implements Player {
  readonly holdings = new Holdings()
  readonly #feed: Feed
  readonly #release: Release
  readonly #filters: Record<string, string>
  #cursor: { last_timestamp?: string } = {}

  constructor(feed: Feed, release: Release, filters: Record<string, string> = {}) {
    this.#feed = feed
    this.#release = release
    this.#filters = filters
  }

  async poll(): Promise<void> {
    let next: string | undefined
    do {
      const { json, headers } = await sendWell(this.#url(next), { headers: this.#headers() })
      // An evaluation error in the product.
      if (!Array.isArray(json.objects)) throw new Error('no such key: objects')
      const last = headers.get('X-TAXII-Date-Added-Last')
      this.#cursor = last === null ? {} : { last_timestamp: last }
      this.holdings.take(json.objects)
      next = json.objects.length > 0 && json.next !== '' ? json.next : undefined
    } while (next !== undefined)
  }

  /** The URL as typed, less its slashes, and `/?`. */
  #url(next: string | undefined): string {
    const startMs = this.#feed.nowMs - INITIAL_INTERVAL_MS
    const since = { added_after: this.#cursor.last_timestamp ?? toRfc3339(startMs) }
    const kept = next === undefined || this.#release === 'new'
    const query = new URLSearchParams({
      ...(kept ? { ...since, ...this.#filters } : {}),
      limit: '40',
      ...(next === undefined ? {} : { next }),
    })
    return `${this.#feed.url}objects/`.replace(/\/+$/, '').concat(`/?${query}`)
  }

  #headers(): Record<string, string> {
    return {
      Authorization: `Bearer ${this.#feed.key}`,
      Accept: 'application/taxii+json;version=2.1',
      ...(this.#release === 'old' ? { 'Content-Type': 'application/taxii+json;version=2.1' } : {}),
      'User-Agent': 'Elastic-Filebeat/8.17.0',
    }
  }
}
