// Pages in the data centre's cache, for the other isolates there. Entries are never served to
// clients as they are: a page leaves only after its key was admitted.
import { expiryMsOf, keyOf, type PageFacts, type PageName, type StoredPage } from './stored-page.ts'

/**
 * A host of no one's: under one of the zone's own, whoever knows the address could be given the page
 * by the zone's cache, past the Worker and its keys, where only some paths are routed to the Worker.
 */
const ORIGIN = 'https://pages.taxii-edge.invalid/'
const NOTE_HEADER = 'X-Page-Note'

type Note = { facts: PageFacts; madeAtMs: number }

export type EdgeCache = {
  find(name: PageName): Promise<StoredPage | undefined>
  keep(name: PageName, page: StoredPage): Promise<void>
}

/** A fault of the cache is never one of the answer: it is as if the page were not there. */
export function createEdgeCache(cache: Cache): EdgeCache {
  const findKey = async (url: string): Promise<StoredPage | undefined> => {
    try {
      const response = await cache.match(url)
      const text = response?.headers.get(NOTE_HEADER)
      if (response === undefined || text === null || text === undefined) return undefined
      const note = JSON.parse(text) as Note
      if (expiryMsOf(note) <= Date.now()) return undefined
      return { ...note, gzipped: new Uint8Array(await response.arrayBuffer()) }
    } catch {
      return undefined
    }
  }
  return {
    async find({ shared, head }) {
      const [full, last] = await Promise.all([shared, head].map((key) => findKey(urlOf(key))))
      return full ?? last
    },
    async keep(name, page) {
      const note: Note = { facts: page.facts, madeAtMs: page.madeAtMs }
      const seconds = Math.max(1, Math.floor((expiryMsOf(page) - Date.now()) / 1000))
      const response = new Response(page.gzipped, {
        headers: {
          'Content-Type': 'application/octet-stream',
          'Cache-Control': `max-age=${seconds}`,
          [NOTE_HEADER]: JSON.stringify(note),
        },
      })
      await cache.put(urlOf(keyOf(name, page)), response).catch(() => undefined)
    },
  }
}

function urlOf(key: string): string {
  return ORIGIN + encodeURIComponent(key)
}
