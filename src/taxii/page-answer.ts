// Answering with a page: from the cache where it may, with its date headers, its ETag, compressed
// when the client takes that; and a note of what was served.

import { acceptsGzip, gunzip, gzip } from '../cache/gzip.ts'
import type { FoundPage, Wanted } from '../cache/page-cache.ts'
import type { BuiltPage, PageFacts, PageName } from '../cache/stored-page.ts'
import type { AppContext } from '../http/context.ts'
import { holdsEtag } from '../http/etag.ts'
import { SizedResponse } from '../http/sized-response.ts'
import type { PageExtent } from '../store/page.ts'
import { END_OF_TIME_MS, type PageQuery } from '../store/page-query.ts'
import type { PlacedCollection } from '../store/placed-collections.ts'
import { bookmarkOf } from './access.ts'
import { writeCursor } from './cursor.ts'
import { dateAddedHeaders } from './page-headers.ts'
import type { PageRequest } from './page-request.ts'

/** A page that one operation is asked for. */
export type PageSubject = {
  /** Operations whose pages differ for the same query have different kinds. */
  kind: string
  collection: PlacedCollection
  request: PageRequest
}

/** Reads a page and writes it, given the cursor to its successor. */
export type Build<P extends PageExtent> = {
  read: (query: PageQuery) => Promise<P>
  write: (page: P, next: string | undefined) => string
  empty: P
}

/** A page that many readers ask for in the same words. */
export async function answerSharedPage<P extends PageExtent>(
  c: AppContext,
  subject: PageSubject,
  build: Build<P>,
): Promise<Response> {
  const { query } = subject.request
  // Who sends a bookmark wants to see a certain write, which a kept page may not show.
  if (bookmarkOf(c, subject.collection.database) !== undefined) {
    return answerOwnPage(c, subject, await build.read(query), build.write)
  }
  if (isBeyondHead(subject)) return answerOwnPage(c, subject, build.empty, build.write)
  const { pages } = c.get('runtime')
  const wanted = wantedOf(c, subject, build, acceptsGzip(acceptEncodingOf(c)))
  const { page, source } = await pages.find(wanted)
  c.set('pageSource', source)
  const { hasMore, lastMs } = page.facts
  if (hasMore && lastMs !== null && query.order === 'asc') {
    const request = { ...subject.request, query: { ...query, afterMs: lastMs } }
    const next = wantedOf(c, { ...subject, request }, build, wanted.wantsGzip)
    // A walk that stumbles here is told so when it comes to that page itself.
    if (pages.isWalk(wanted.name, next.name)) {
      c.executionCtx.waitUntil(pages.readAhead(next).catch(() => undefined))
    }
  }
  return answerPage(c, subject, page)
}

function wantedOf<P extends PageExtent>(
  c: AppContext,
  subject: PageSubject,
  { read, write }: Build<P>,
  wantsGzip: boolean,
): Wanted {
  return {
    name: nameOf(subject),
    wantsGzip,
    build: async () => buildPage(subject, await read(subject.request.query), write),
    waitUntil: (work) => c.executionCtx.waitUntil(work),
  }
}

/** A page that hardly anyone else asks for. */
export async function answerOwnPage<P extends PageExtent>(
  c: AppContext,
  subject: PageSubject,
  page: P,
  write: Build<P>['write'],
): Promise<Response> {
  return answerPage(c, subject, buildPage(subject, page, write))
}

/** A poller at the head has nothing to get, which the collection's facts know without a query. */
function isBeyondHead({ collection, request: { query } }: PageSubject): boolean {
  return query.order === 'asc' && query.afterMs >= collection.lastAddedMs
}

function buildPage<P extends PageExtent>(
  { collection, request }: PageSubject,
  page: P,
  write: Build<P>['write'],
): BuiltPage {
  const { rows, firstMs, lastMs, hasMore } = page
  const next =
    !hasMore || lastMs === null
      ? undefined
      : writeCursor({
          collectionId: collection.id,
          positionMs: lastMs,
          limit: request.query.limit,
          filters: request.filters,
        })
  const text = write(page, next)
  const facts = { rows, firstMs, lastMs, hasMore: next !== undefined, bytes: text.length }
  return { facts, text }
}

/** Everything that decides what the page shows, and nothing else. */
function nameOf({ kind, collection, request: { query, filters } }: PageSubject): PageName {
  const floorMs = query.afterMs < query.floorMs - 1 ? query.floorMs : 0
  const asked = [query.afterMs, query.beforeMs, floorMs, query.limit, JSON.stringify(filters)]
  // Newest first, a page without an end is another one with every object added.
  const isOpen = query.order === 'desc' && query.beforeMs === END_OF_TIME_MS
  const openAt = isOpen ? collection.lastAddedMs : 0
  const shared = [collection.id, collection.revision, kind, openAt, ...asked].join(' ')
  return { collectionId: collection.id, shared, head: `${shared} ${collection.lastAddedMs}` }
}

function answerPage(c: AppContext, subject: PageSubject, page: FoundPage['page']): Response {
  const { facts } = page
  noteServed(c, subject, facts)
  const etag = etagOf(subject, facts)
  const headers = {
    'Content-Type': c.get('contentType'),
    'Cache-Control': 'private, no-cache',
    Vary: 'Accept, Accept-Encoding, Authorization, X-API-Key',
    ETag: etag,
    ...dateAddedHeaders(facts, subject.request.positionMicros),
  }
  if (holdsEtag(c.req.header('If-None-Match'), etag)) {
    return new SizedResponse(null, { status: 304, headers })
  }
  if (acceptsGzip(acceptEncodingOf(c))) return gzippedAnswer(page, headers)
  return new SizedResponse('text' in page ? page.text : gunzip(page.gzipped), { headers })
}

/** The platform puts its own Accept-Encoding in place of the client's, and keeps that one here. */
function acceptEncodingOf(c: AppContext): string | undefined {
  const { cf } = c.req.raw as Request<unknown, IncomingRequestCfProperties>
  return cf?.clientAcceptEncoding ?? c.req.header('Accept-Encoding')
}

/** Smaller bodies gain nothing. */
const GZIP_BYTES_MIN = 1_000

function gzippedAnswer(page: FoundPage['page'], headers: Record<string, string>): Response {
  if ('text' in page && page.text.length < GZIP_BYTES_MIN) {
    return new SizedResponse(page.text, { headers })
  }
  const gzipped = 'text' in page ? gzip(page.text) : page.gzipped
  return new SizedResponse(gzipped, {
    headers: { ...headers, 'Content-Encoding': 'gzip' },
    encodeBody: 'manual',
  })
}

/** Weak: the same objects in the same order, whatever the bundle's id. */
function etagOf({ collection }: PageSubject, facts: PageFacts): string {
  const { firstMs, lastMs, rows, bytes } = facts
  return `W/"${collection.revision}-${firstMs ?? 0}-${lastMs ?? 0}-${rows}-${bytes}"`
}

/** Where a reader stands after a page, also when there was nothing new, goes to the key's usage. */
function noteServed(c: AppContext, { collection, request }: PageSubject, facts: PageFacts): void {
  const { positionMicros, query } = request
  const askedMs = positionMicros === undefined ? undefined : query.afterMs
  const positionMs = query.order === 'desc' ? undefined : (facts.lastMs ?? askedMs)
  const reads =
    positionMs === undefined ? [] : [{ collectionId: collection.id, positionMs, atMs: Date.now() }]
  c.set('served', { objects: facts.rows, bytes: facts.bytes, reads })
}
