// Products that read one page and never ask for another: the community's bridge for Wazuh through
// taxii2-client, and FortiGate, which speaks TAXII 2.0 and its media type (clients.md §2, §3.7).
import { ORIGIN } from '../../support/http.ts'
import type { Feed } from './feed.ts'
import { basic, Holdings, type Player, send } from './player.ts'
import { Taxii2Client } from './taxii2-client.ts'

export class WazuhBridge implements Player {
  readonly holdings = new Holdings()
  readonly #feed: Feed
  readonly #client: Taxii2Client

  constructor(feed: Feed) {
    this.#feed = feed
    this.#client = Taxii2Client.withPassword('apikey', feed.key)
  }

  async poll(): Promise<void> {
    this.holdings.clear()
    const { json } = await this.#client.get(`${ORIGIN}/taxii2/`)
    for (const root of json.api_roots) {
      for (const { id, url } of await this.#client.collections(root)) {
        if (id !== this.#feed.collection.id) continue
        this.holdings.take((await this.#client.objects(url)).objects ?? [])
      }
    }
  }
}

/** The answer to a firewall that accepts STIX 2.0 only. */
export async function askAsFortiGate(feed: Feed) {
  return await send(`${feed.url}objects/?limit=10000`, {
    headers: {
      Authorization: basic('apikey', feed.key),
      Accept: 'application/vnd.oasis.stix+json; version=2.0',
      'User-Agent': 'curl/7.58.0',
      Range: 'items 0-10000',
    },
  })
}
