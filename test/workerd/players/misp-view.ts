// The server view of MISP (clients.md §3.7): a person turns pages, from the first one with an empty
// `next`. The scheme is written in lower case, and joining paths leaves two slashes.
import { ORIGIN, ROOT } from '../../support/http.ts'
import type { Feed } from './feed.ts'
import { Holdings, type Player, sendWell } from './player.ts'

export class MispView implements Player {
  readonly holdings = new Holdings()
  readonly #feed: Feed

  constructor(feed: Feed) {
    this.#feed = feed
  }

  async poll(): Promise<void> {
    this.holdings.clear()
    let next = ''
    do {
      const path = `${ROOT}/collections/${this.#feed.collection.id}/objects/`
      const { json } = await sendWell(`${ORIGIN}/${path}?limit=50&next=${next}`, {
        headers: {
          Authorization: `basic ${btoa(`apikey:${this.#feed.key}`)}`,
          Accept: 'application/taxii+json;version=2.1',
          'Content-Type': 'application/taxii+json;version=2.1',
        },
      })
      this.holdings.take(json.objects)
      next = json.next ?? ''
    } while (next !== '')
  }
}
