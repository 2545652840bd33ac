// Elastic's ti_eset integration (clients.md §3.6): pages by the header while `more` says so, and
// never looks at `next`.
import type { Feed } from './feed.ts'
import { basic, Holdings, type Player, sendWell } from './player.ts'
import { toRfc3339 } from './timestamps.ts'

export class ElasticTiEset implements Player {
  readonly holdings = new Holdings()
  readonly #feed: Feed
  #last: string

  constructor(feed: Feed) {
    this.#feed = feed
    this.#last = toRfc3339(feed.nowMs - 3_600_000)
  }

  async poll(): Promise<void> {
    let hasMore = true
    while (hasMore) {
      const query = new URLSearchParams({
        added_after: this.#last,
        limit: '25',
        'match[type]': 'indicator',
      })
      const { json, headers } = await sendWell(`${this.#feed.url}objects/?${query}`, {
        headers: {
          Authorization: basic('apikey', this.#feed.key),
          Accept: 'application/taxii+json;version=2.1',
        },
      })
      this.holdings.take(json.objects)
      const last = headers.get('X-TAXII-Date-Added-Last')
      if (last !== null) this.#last = last
      hasMore = json.more === true
    }
  }
}
