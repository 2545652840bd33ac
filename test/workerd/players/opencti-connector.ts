// OpenCTI's external-import connector for TAXII 2 (clients.md §3.3): collections by the root's last
// path part and title; `added_after` is dropped while it pages; `next` is never cleared, so that the
// last cursor of one collection arrives at the next one, and in the next run.
import type { Feed } from './feed.ts'
import { Holdings, type Player } from './player.ts'
import { type Filters, Taxii2Client } from './taxii2-client.ts'
import { toSixDigits } from './timestamps.ts'

const PAGES_MAX = 300

export class OpenCtiConnector implements Player {
  readonly holdings = new Holdings()
  /** Collections in the order in which they are run, as `root.title`. */
  readonly #names: string[]
  readonly #feed: Feed
  readonly #client: Taxii2Client
  readonly #filters: Filters = {}
  #lastRun: string | undefined

  constructor(feed: Feed, others: Feed[] = []) {
    this.#feed = feed
    this.#client = Taxii2Client.withPassword('apikey', feed.key)
    this.#names = [...others, feed].map(({ collection }) => `api.${collection.title}`)
  }

  async poll(): Promise<void> {
    const started = toSixDigits(this.#feed.nowMs)
    for (const name of this.#names) await this.#run(name)
    this.#lastRun = started
  }

  async #run(name: string): Promise<void> {
    const [rootName, title] = name.split('.')
    const root = await this.#client.defaultRoot(`${new URL(this.#feed.root).origin}/taxii2/`)
    if (root.split('/').at(-2) !== rootName) throw new Error(`no root ${rootName}`)
    const found = (await this.#client.collections(root)).find((each) => each.title === title)
    if (found === undefined) throw new Error(`no collection ${title}`)
    if (this.#lastRun !== undefined) this.#filters.added_after = this.#lastRun
    for (let pages = 0; ; pages++) {
      if (pages > PAGES_MAX) throw new Error('the connector does not come to an end')
      const envelope = await this.#client.objects(found.url, { limit: '30', ...this.#filters })
      const objects = envelope.objects ?? []
      // It would take the road of TAXII 2.0.
      if (objects.some((each) => !('spec_version' in each))) throw new Error('no spec_version')
      if (title === this.#feed.collection.title) this.holdings.take(objects)
      if (!envelope.more) return
      this.#filters.next = envelope.next ?? ''
      delete this.#filters.added_after
    }
  }
}
