// Microsoft Sentinel's TAXII connector (clients.md §3.5): its form asks for an API root and the id of
// a collection, and tries them without a trailing slash. How it pages is not published: this player
// does what the specification says, `next` with the query repeated.
import type { Feed } from './feed.ts'
import { basic, Holdings, type Player, send, sendWell } from './player.ts'

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

export class Sentinel implements Player {
  readonly holdings = new Holdings()
  readonly #feed: Feed
  #addedAfter: string | undefined

  constructor(feed: Feed) {
    this.#feed = feed
  }

  /** The form's test of what was typed in. */
  async save(): Promise<'saved' | 'API root URL or collection id is not valid'> {
    const { id } = this.#feed.collection
    const url = `${this.#feed.root}collections/${id}`
    const modern = await send(url, { headers: this.#headers() })
    const old = { ...this.#headers(), Accept: 'application/vnd.oasis.taxii+json; version=2.0' }
    const isModern = (await send(url, { headers: old })).status === 406
    const isGood = modern.status === 200 && modern.json.id === id && modern.json.can_read === true
    return UUID_V4.test(id) && isModern && isGood
      ? 'saved'
      : 'API root URL or collection id is not valid'
  }

  async poll(): Promise<void> {
    const first = this.#addedAfter === undefined ? {} : { added_after: this.#addedAfter }
    let query: Record<string, string> | undefined = first
    while (query !== undefined) {
      const url = `${this.#feed.root}collections/${this.#feed.collection.id}/objects`
      const { json, headers } = await sendWell(`${url}?${new URLSearchParams(query)}`, {
        headers: this.#headers(),
      })
      this.holdings.take(json.objects)
      this.#addedAfter = headers.get('X-TAXII-Date-Added-Last') ?? this.#addedAfter
      query = json.more ? { ...first, next: json.next } : undefined
    }
  }

  #headers(): Record<string, string> {
    return {
      Authorization: basic('apikey', this.#feed.key),
      Accept: 'application/taxii+json; version=2.1',
    }
  }
}
