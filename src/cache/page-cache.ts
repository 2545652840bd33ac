// Finished pages, kept under a name that says what was asked and never who asked: in this isolate's
// memory first, then in the data centre's cache. One builder makes a page for all who wait for it.

import { withBuildSlot } from './build-slots.ts'
import { ByteLru } from './byte-lru.ts'
import type { EdgeCache } from './edge-cache.ts'
import { gzip } from './gzip.ts'
import { untilTrue } from './look-again.ts'
import { ReadAhead } from './read-ahead.ts'
import {
  type BuiltPage,
  expiryMsOf,
  keyOf,
  PAGE_MS_MAX,
  type PageName,
  type StoredPage,
} from './stored-page.ts'

export type PageSource = 'memory' | 'ahead' | 'edge' | 'built' | 'joined'
export type FoundPage = { page: StoredPage | BuiltPage; source: PageSource }

/** A follower does not wait longer than this for another request's build. */
const JOIN_MS_MAX = 5_000
const ONCE_SEEN_MAX = 2_000

export type Wanted = {
  name: PageName
  /** Whether the client takes the page compressed. */
  wantsGzip: boolean
  build: () => Promise<BuiltPage>
  /** Keeps work going after the answer, or after the client has left. */
  waitUntil: (work: Promise<unknown>) => void
}

type Made = { page: StoredPage | BuiltPage; source: 'edge' | 'built' }

/** What followers look at again and again, since a request cannot be woken by another one. */
type Making = {
  now: { state: 'under way' } | { state: 'done'; made: Made } | { state: 'failed' }
  /** The second attempt, when this one failed or was late. */
  successor?: Making
}

export class PageCache {
  readonly #pages: ByteLru<StoredPage>
  readonly #edge: EdgeCache | undefined
  readonly #ahead = new ReadAhead()
  readonly #making = new Map<string, Making>()
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
    const kept = this.#kept(name, nowMs)
    if (kept !== undefined) return { page: kept, source: 'memory' }
    const ahead = this.#ahead.take(name, nowMs)
    if (ahead !== undefined) return { page: this.#store(wanted, ahead), source: 'ahead' }
    const making = this.#making.get(name.head)
    const { page, source } =
      making === undefined ? await this.#make(wanted) : await this.#join(wanted, making)
    const isNew = source !== 'edge' && !this.#isOvertaken(name, nowMs)
    return { page: isNew ? this.#store(wanted, page) : page, source }
  }

  /**
   * Whether a client walks from the page served to the next, which is not made yet: the one served
   * was the page after another that was handed out here. Who came for a second comes for a third.
   */
  isWalk(served: PageName, next: PageName): boolean {
    const isWalk = this.#ahead.isExpected(served)
    this.#ahead.expect(next)
    if (!isWalk || this.#making.has(next.head)) return false
    return this.#kept(next, Date.now()) === undefined
  }

  /** Makes a page that nobody has asked for yet. */
  async readAhead(next: Wanted): Promise<void> {
    const nowMs = Date.now()
    const { page } = await this.#make(next)
    if ('gzipped' in page || this.#isOvertaken(next.name, nowMs)) return
    if (next.wantsGzip) this.#store(next, page)
    else this.#ahead.keep(next.name, page, nowMs)
  }

  /** Drops a collection's pages here, after a write in this isolate changed what they show. */
  forget(collectionId: string): void {
    this.#pages.deletePrefix(collectionId)
    this.#ahead.forget(collectionId)
    for (const key of this.#making.keys()) {
      if (key.startsWith(collectionId)) this.#making.delete(key)
    }
    this.#forgottenAtMs.set(collectionId, Date.now())
  }

  #kept(name: PageName, nowMs: number): StoredPage | undefined {
    return this.#pages.get(name.shared, nowMs) ?? this.#pages.get(name.head, nowMs)
  }

  /** A write that overtook the making may have changed what the page should show. */
  #isOvertaken({ collectionId }: PageName, begunAtMs: number): boolean {
    return (this.#forgottenAtMs.get(collectionId) ?? 0) >= begunAtMs
  }

  /** What the data centre kept before a write here is older than that write for as long as it lives. */
  #edgeFor({ collectionId }: PageName): EdgeCache | undefined {
    const sinceWriteMs = Date.now() - (this.#forgottenAtMs.get(collectionId) ?? 0)
    return sinceWriteMs > PAGE_MS_MAX ? this.#edge : undefined
  }

  async #make(wanted: Wanted, failed?: Making): Promise<Made> {
    const { head } = wanted.name
    const making: Making = { now: { state: 'under way' } }
    if (failed !== undefined) failed.successor = making
    this.#making.set(head, making)
    const settle = (now: Making['now']) => {
      making.now = now
      if (this.#making.get(head) === making) this.#making.delete(head)
    }
    const work = this.#findNearOrBuild(wanted)
    const settled = work.then(
      (made) => settle({ state: 'done', made }),
      () => settle({ state: 'failed' }),
    )
    // Others may wait for it: it goes on when this client leaves.
    wanted.waitUntil(settled)
    return await work
  }

  async #findNearOrBuild({ name, build }: Wanted): Promise<Made> {
    const near = await this.#edgeFor(name)?.find(name)
    if (near === undefined) return { page: await withBuildSlot(build), source: 'built' }
    this.#keep(name, near)
    return { page: near, source: 'edge' }
  }

  /** When the one who makes it fails or is late, one of those who wait makes it for the others. */
  async #join(wanted: Wanted, making: Making): Promise<FoundPage> {
    const made = await outcomeOf(making)
    if (made !== undefined) return { page: made.page, source: 'joined' }
    if (making.successor === undefined) return await this.#make(wanted, making)
    const second = await outcomeOf(making.successor)
    if (second === undefined) throw new Error('D1_ERROR: the page could not be built, twice')
    return { page: second.page, source: 'joined' }
  }

  /**
   * A page is kept when it had to be compressed for this client anyway, or when it is asked for a
   * second time: compressing a page that nobody comes back for would be the dearest part of it.
   */
  #store(wanted: Wanted, page: StoredPage | BuiltPage): StoredPage | BuiltPage {
    const { name, wantsGzip, waitUntil } = wanted
    if ('gzipped' in page) return page
    // Another who waited for the same page may have had it compressed.
    const kept = this.#kept(name, Date.now())
    if (kept !== undefined) return wantsGzip ? kept : page
    if (!wantsGzip && !this.#isSeenAgain(name.head)) return page
    const { facts, text } = page
    const stored = { facts, gzipped: gzip(text), madeAtMs: Date.now() }
    this.#keep(name, stored)
    const edge = this.#edgeFor(name)
    if (edge !== undefined) waitUntil(edge.keep(name, stored))
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
    this.#pages.set(key, page, { bytes, expiresAtMs: expiryMsOf(page) })
  }
}

/** Undefined when it failed or takes too long. */
async function outcomeOf(making: Making): Promise<Made | undefined> {
  await untilTrue(() => making.now.state !== 'under way', JOIN_MS_MAX)
  return making.now.state === 'done' ? making.now.made : undefined
}

/** What an entry takes besides its bytes, roughly. */
const ENTRY_BYTES = 500
