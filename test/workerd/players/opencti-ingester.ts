// OpenCTI's built-in TAXII ingester (clients.md §3.3): one page a tick; `next` goes together with
// the old `added_after`; at the end the header, cut to milliseconds, is the new one.
import type { Feed } from './feed.ts'
import { Holdings, type Player, sendWell } from './player.ts'

const TICKS_MAX = 200

export class OpenCtiIngester implements Player {
  readonly holdings = new Holdings()
  readonly #feed: Feed
  addedAfter: string | undefined
  cursor: string | undefined

  constructor(feed: Feed) {
    this.#feed = feed
  }

  async poll(): Promise<void> {
    for (let tick = 0; tick < TICKS_MAX; tick++) if (!(await this.tick())) return
    throw new Error('the ingester does not come to an end')
  }

  /** One page; whether another one is due. */
  async tick(): Promise<boolean> {
    const query = new URLSearchParams({
      ...(this.addedAfter === undefined ? {} : { added_after: this.addedAfter }),
      ...(this.cursor === undefined ? {} : { next: this.cursor }),
    })
    const { json, headers } = await sendWell(
      `${this.#feed.root}collections/${this.#feed.collection.id}/objects/?${query}`,
      {
        headers: {
          Authorization: `Bearer ${this.#feed.key}`,
          Accept: 'application/taxii+json;version=2.1',
        },
      },
    )
    // Nothing is noted of an empty page: its cursor is sent again for ever.
    if (json.objects === undefined || json.objects.length === 0) return false
    this.holdings.take(json.objects)
    if (json.more && json.next) {
      if (typeof json.next !== 'string') throw new TypeError('next is not text')
      this.cursor = json.next
      return true
    }
    this.cursor = undefined
    const last = headers.get('X-TAXII-Date-Added-Last')
    this.addedAfter = new Date(last ?? this.#feed.nowMs).toISOString()
    return false
  }
}
