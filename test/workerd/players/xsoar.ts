// Cortex XSOAR's TAXII 2 feed (clients.md §3.4): what it remembers is the greatest STIX `modified`
// it has seen, which is no date_added. It stops at the first empty page.
import { ORIGIN } from '../../support/http.ts'
import type { Feed } from './feed.ts'
import { Holdings, type Player } from './player.ts'
import { Taxii2Client } from './taxii2-client.ts'

export class Xsoar implements Player {
  readonly holdings = new Holdings()
  readonly #feed: Feed
  readonly #client: Taxii2Client
  #lastModified: string | undefined

  constructor(feed: Feed) {
    this.#feed = feed
    this.#client = Taxii2Client.withPassword('apikey', feed.key)
  }

  async poll(): Promise<void> {
    const root = await this.#client.defaultRoot(`${ORIGIN}/taxii2/`)
    await this.#client.root(root)
    const collections = await this.#client.collections(root)
    const found = collections.find(({ title }) => title === this.#feed.collection.title)
    if (found === undefined) throw new Error(`no collection ${this.#feed.collection.title}`)
    const filters = this.#lastModified === undefined ? {} : { added_after: this.#lastModified }
    for (const { objects = [] } of await this.#client.pages(found.url, filters, 100)) {
      if (objects.length === 0) return
      this.holdings.take(objects)
      for (const { modified } of objects) {
        if (modified !== undefined) this.#remember(modified)
      }
    }
  }

  #remember(modified: string): void {
    const written = modified.replace('Z', '000Z')
    if (this.#lastModified === undefined || written > this.#lastModified) {
      this.#lastModified = written
    }
  }
}
