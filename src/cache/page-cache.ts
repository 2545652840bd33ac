// Finished pages, kept under a name that says what was asked and never who asked: in this isolate's
// memory first, then in the data centre's cache. One builder makes a page for all who wait for it.

import { withBuildSlot } from './build-slots.ts'
import { ByteLru } from './byte-lru.ts'
import type { EdgeCache } from './edge-cache.ts'
import { gzip } from './gzip.ts'
import { type BuiltPage, lifeMsOf, PAGE_MS_MAX, type StoredPage } from './stored-page.ts'

/**
 * `shared` names a page that stays what it is while the collection's revision stands; `head`, in
 * addition, the collection's head, under which a page that is not full is kept.
 */
export type PageName = { collectionId: string; shared: string; head: string }

export type PageSource = 'memory' | 'edge' | 'built' | 'joined'
export type FoundPage = { page: StoredPage | BuiltPage; source: PageSource }

/** A follower does not wait longer than this for another request's build. */
const JOIN_MS_MAX = 5_000
const ONCE_SEEN_MAX = 2_000

type Wanted = {
  name: PageName
  /** Whether the client takes the page compressed. */
  wantsGzip: boolean
  build: () => Promise<BuiltPage>
  /** Keeps work going after the answer, or after the client has left. */
  waitUntil: (work: Promise<unknown>) => void
}

export class PageCache {
  readonly #pages: ByteLru<StoredPage>
  readonly #edge: EdgeCache | undefined
  readonly #building = new Map<string, Promise<BuiltPage>>()
  readonly #onceSeen = new Set<string>()
  readonly #forgottenAtMs = new Map<string, number>()

  constructor(bytesMax: number, edge?: EdgeCache) {
    this.#pages = new ByteLru(bytesMax)
    this.#edge = edge
  }

  /** What this isolate's memory holds. */
  get memory(): { bytes: number; entries: number; evictions: number } {
    const { bytes, entries, evictions } = this.#pages
    return { bytes, entries, evictions }
  }

  async find(wanted: Wanted): Promise<FoundPage> {
    const { name } = wanted
    const nowMs = Date.now()
    const kept = this.#pages.get(name.shared, nowMs) ?? this.#pages.get(name.head, nowMs)
    if (kept !== undefined) return { page: kept, source: 'memory' }
    const edge = this.#mayUseEdge(name.collectionId, nowMs) ? this.#edge : undefined
    const near = (await edge?.find(name.shared)) ?? (await edge?.find(name.head))
    if (near !== undefined) {
      this.#keep(name, near)
      return { page: near, source: 'edge' }
    }
    const joined = this.#building.get(name.head)
    const page = joined === undefined ? await this.#build(wanted) : await this.#join(wanted, joined)
    const source = joined === undefined ? 'built' : 'joined'
    // A write that overtook the build may have changed what the page should show.
    const isOvertaken = (this.#forgottenAtMs.get(name.collectionId) ?? 0) >= nowMs
    return { page: isOvertaken ? page : this.#store(wanted, page, edge), source }
  }

  /** Drops a collection's pages here, after a write in this isolate changed what they show. */
  forget(collectionId: string): void {
    this.#pages.deletePrefix(collectionId)
    for (const key of this.#building.keys()) {
      if (key.startsWith(collectionId)) this.#building.delete(key)
    }
    this.#forgottenAtMs.set(collectionId, Date.now())
  }

  /** What the data centre kept before a write here is older than that write for as long as it lives. */
  #mayUseEdge(collectionId: string, nowMs: number): boolean {
    return nowMs - (this.#forgottenAtMs.get(collectionId) ?? 0) > PAGE_MS_MAX
  }

  async #build({ name, build, waitUntil }: Wanted): Promise<BuiltPage> {
    const work = withBuildSlot(build)
    this.#building.set(name.head, work)
    const settled = work.then(
      () => this.#built(name, work),
      () => this.#built(name, work),
    )
    // Others may wait for it: it goes on when this client leaves.
    waitUntil(settled)
    return await work
  }

  #built(name: PageName, work: Promise<BuiltPage>): void {
    if (this.#building.get(name.head) === work) this.#building.delete(name.head)
  }

  async #join(wanted: Wanted, work: Promise<BuiltPage>): Promise<BuiltPage> {
    const late = scheduler.wait(JOIN_MS_MAX).then(() => undefined)
    const page = await Promise.race([work.catch(() => undefined), late])
    return page ?? (await this.#build(wanted))
  }

  /**
   * A page is kept when it had to be compressed for this client anyway, or when it is asked for a
   * second time: compressing a page that nobody comes back for would be the dearest part of it.
   */
  #store(wanted: Wanted, page: BuiltPage, edge: EdgeCache | undefined): StoredPage | BuiltPage {
    const { name, wantsGzip, waitUntil } = wanted
    if (!wantsGzip && !this.#isSeenAgain(name.head)) return page
    const stored = { facts: page.facts, gzipped: gzip(page.text) }
    this.#keep(name, stored)
    if (edge !== undefined) waitUntil(edge.keep(keyOf(name, stored), stored))
    return wantsGzip ? stored : page
  }

  #isSeenAgain(key: string): boolean {
    if (this.#onceSeen.delete(key)) return true
    if (this.#onceSeen.size >= ONCE_SEEN_MAX) this.#onceSeen.clear()
    this.#onceSeen.add(key)
    return false
  }

  #keep(name: PageName, page: StoredPage): void {
    const key = keyOf(name, page)
    const bytes = page.gzipped.byteLength + key.length * 2 + ENTRY_BYTES
    this.#pages.set(key, page, { bytes, expiresAtMs: Date.now() + lifeMsOf(page) })
  }
}

/** What an entry takes besides its bytes, roughly. */
const ENTRY_BYTES = 500

function keyOf(name: PageName, { facts }: StoredPage): string {
  return facts.hasMore ? name.shared : name.head
}
