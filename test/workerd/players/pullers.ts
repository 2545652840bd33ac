// Clients that pull, each as the product sends it: request for request, with what it keeps between
// polls and the quirks of how it pages.
import { type Answer, ask, ROOT } from '../../support/http.ts'
import { type Feed, Store } from './feed.ts'

export type Puller = { store: Store; poll: () => Promise<void> }

const SPACED = 'application/taxii+json; version=2.1'
const PLAIN = 'application/taxii+json;version=2.1'
const PAGE = 10

function client(feed: Feed, headers: Record<string, string>) {
  const base = `${ROOT}/collections/${feed.collection.id}`
  const get = async (query: string, path = `${base}/objects/`): Promise<Answer> => {
    const answer = await ask(path + query, { headers })
    if (answer.status !== 200) throw new Error(`${path}${query}: ${answer.status} ${answer.text}`)
    return answer
  }
  return { base, get }
}

const basic = (feed: Feed, scheme = 'Basic') => `${scheme} ${btoa(`apikey:${feed.key}`)}`
const lastOf = (answer: Answer) => answer.headers.get('X-TAXII-Date-Added-Last')
const cut = (date: string, chars: number) => `${date.slice(0, chars)}Z`

/** GET of the collection without a slash first; then pages by `next`. */
export function sentinel(feed: Feed): Puller {
  const store = new Store()
  const { base, get } = client(feed, { Accept: SPACED, Authorization: basic(feed) })
  let since = ''
  return {
    store,
    async poll() {
      if ((await get('', base)).json.id !== feed.collection.id) throw new Error('no collection')
      let next = ''
      for (;;) {
        const answer = await get(`?limit=${PAGE}${since}${next}`)
        store.take(answer.json.objects)
        if (!answer.json.more) {
          since = `&added_after=${lastOf(answer)}`
          return
        }
        next = `&next=${answer.json.next}`
      }
    },
  }
}

/**
 * Reads `next` only, never `more`. Keeps the date header as its position; a missing header loses it.
 * Until release 1.8.2 pages after the first carried neither `added_after` nor filters.
 */
export function elastic(feed: Feed, { isOld }: { isOld: boolean }): Puller {
  const store = new Store()
  const headers: Record<string, string> = {
    Accept: PLAIN,
    Authorization: `Bearer ${feed.key}`,
    ...(isOld ? { 'Content-Type': PLAIN } : {}),
  }
  const { get } = client(feed, headers)
  const initial = '&added_after=2024-01-01T00:00:00Z'
  let since = initial
  return {
    store,
    async poll() {
      let query = `?limit=${PAGE}&match[type]=indicator${since}`
      for (;;) {
        const answer = await get(query)
        const { json } = answer
        store.take(json.objects)
        const last = lastOf(answer)
        since = last === null ? initial : `&added_after=${last}`
        if (json.next === undefined || json.objects.length === 0) return
        query = isOld
          ? `?limit=${PAGE}&next=${json.next}`
          : `?limit=${PAGE}&match[type]=indicator${since}&next=${json.next}`
      }
    },
  }
}

/** Pages by the header while `more`, and never looks at `next`. */
export function elasticEset(feed: Feed): Puller {
  const store = new Store()
  const { get } = client(feed, { Accept: PLAIN, Authorization: basic(feed) })
  let since = ''
  return {
    store,
    async poll() {
      for (;;) {
        const answer = await get(`?limit=${PAGE}&match[type]=indicator${since}`)
        store.take(answer.json.objects)
        since = `&added_after=${lastOf(answer)}`
        if (!answer.json.more) return
      }
    },
  }
}

/** One page at each tick. Sends `next` with the first `added_after`; cuts the header to milliseconds. */
export function openCtiIngester(feed: Feed): Puller {
  const store = new Store()
  const { get } = client(feed, { Accept: PLAIN, Authorization: `Bearer ${feed.key}` })
  let addedAfter = '2024-01-01T00:00:00.000Z'
  let cursor: string | undefined
  const tick = async () => {
    const next = cursor === undefined ? '' : `&next=${cursor}`
    const answer = await get(`?limit=${PAGE}&added_after=${addedAfter}${next}`)
    const { more, next: following, objects } = answer.json
    if (objects.length === 0) return false
    store.take(objects)
    const last = lastOf(answer)
    if (last === null) throw new Error('the header is missing: the ingester would take its clock')
    if (more && typeof following === 'string') cursor = following
    else {
      cursor = undefined
      addedAfter = cut(last, '2024-01-01T00:00:00.000'.length)
    }
    return more
  }
  return {
    store,
    async poll() {
      for (let ticks = 0; (await tick()) && ticks < 1_000; ticks++);
    },
  }
}

/** taxii2-client's paging, dropping `added_after`; the last cursor comes back at the next run. */
export function openCtiConnector(feed: Feed): Puller {
  const store = new Store()
  const { base, get } = client(feed, { Accept: PLAIN, Authorization: basic(feed) })
  let leaked = ''
  return {
    store,
    async poll() {
      await get('', `${base}/`)
      let query = `?added_after=2024-01-01T00%3A00%3A00.000000Z${leaked}`
      for (;;) {
        const { json } = await get(query)
        store.take(json.objects)
        if (!json.more) return
        leaked = `&next=${json.next}`
        query = `?limit=${PAGE}${leaked}`
      }
    },
  }
}

/** Its position is the greatest `modified` it saw, which is not a date_added. */
export function xsoar(feed: Feed): Puller {
  const store = new Store()
  const headers = { Accept: PLAIN, 'X-API-Key': feed.key }
  const { get } = client(feed, headers)
  let greatest = ''
  return {
    store,
    async poll() {
      const since = greatest === '' ? '' : `&added_after=${cut(greatest, 23)}`
      let query = `?limit=100${since}`
      for (;;) {
        const { json } = await get(query)
        store.take(json.objects)
        for (const { modified } of json.objects) if (modified > greatest) greatest = modified
        if (json.objects.length === 0 || !json.more) return
        query = `?limit=100&next=${json.next}`
      }
    },
  }
}

/** The scheme in lower case, and an empty `next` on the first page of every view. */
export function mispView(feed: Feed): Puller {
  const store = new Store()
  const headers = { Accept: PLAIN, 'Content-Type': PLAIN, Authorization: basic(feed, 'basic') }
  const { base, get } = client(feed, headers)
  return {
    store,
    async poll() {
      let next = ''
      do {
        const { json } = await get(
          `?limit=50&next=${next}`,
          `${base.replace('/collections', '//collections')}/objects/`,
        )
        store.take(json.objects)
        next = json.next ?? ''
      } while (next !== '')
    },
  }
}

/** Sees the oldest objects and no others. */
export function pageOneOnly(feed: Feed): Puller {
  const store = new Store()
  const { get } = client(feed, {
    Accept: PLAIN,
    Authorization: basic(feed),
    'User-Agent': 'curl/7.58.0',
    Range: 'items 0-10000',
  })
  return {
    store,
    async poll() {
      store.take((await get(`?limit=${PAGE}`)).json.objects)
    },
  }
}
