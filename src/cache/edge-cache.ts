// Pages in the data centre's cache, for the other isolates there. Entries are never served to
// clients as they are: a page leaves only after its key was admitted.
import { lifeMsOf, type PageFacts, type StoredPage } from './stored-page.ts'

/** A host of no one's: the cache is asked by URL, but nothing is fetched from it. */
const ORIGIN = 'https://pages.taxii-edge.invalid/'
const FACTS_HEADER = 'X-Page-Facts'

export type EdgeCache = {
  find(key: string): Promise<StoredPage | undefined>
  keep(key: string, page: StoredPage): Promise<void>
}

/** A fault of the cache is never one of the answer: it is as if the page were not there. */
export function createEdgeCache(cache: Cache): EdgeCache {
  return {
    async find(key) {
      try {
        const response = await cache.match(ORIGIN + encodeURIComponent(key))
        const facts = response?.headers.get(FACTS_HEADER)
        if (response === undefined || facts === null || facts === undefined) return undefined
        const gzipped = new Uint8Array(await response.arrayBuffer())
        return { facts: JSON.parse(facts) as PageFacts, gzipped }
      } catch {
        return undefined
      }
    },
    async keep(key, page) {
      const response = new Response(page.gzipped, {
        headers: {
          'Content-Type': 'application/octet-stream',
          'Cache-Control': `max-age=${lifeMsOf(page) / 1000}`,
          [FACTS_HEADER]: JSON.stringify(page.facts),
        },
      })
      await cache.put(ORIGIN + encodeURIComponent(key), response).catch(() => undefined)
    },
  }
}
