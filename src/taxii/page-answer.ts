// Answering with a page: with its date headers, its ETag, compressed when the client takes that; and
// a note of what was served.

import { acceptsGzip, gunzip, gzip } from '../cache/gzip.ts'
import type { FoundPage } from '../cache/page-cache.ts'
import type { BuiltPage, PageFacts } from '../cache/stored-page.ts'
import type { AppContext } from '../http/context.ts'
import { holdsEtag } from '../http/etag.ts'
import { SizedResponse } from '../http/sized-response.ts'
import type { PageExtent } from '../store/page.ts'
import type { PlacedCollection } from '../store/placed-collections.ts'
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

/** Writes a page, given the cursor to its successor. */
export type Write<P extends PageExtent> = (page: P, next: string | undefined) => string

/** A page that hardly anyone else asks for. */
export async function answerOwnPage<P extends PageExtent>(
  c: AppContext,
  subject: PageSubject,
  page: P,
  write: Write<P>,
): Promise<Response> {
  return answerPage(c, subject, buildPage(subject, page, write))
}

export function buildPage<P extends PageExtent>(
  { collection, request }: PageSubject,
  page: P,
  write: Write<P>,
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

export function answerPage(c: AppContext, subject: PageSubject, page: FoundPage['page']): Response {
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
  if (wantsGzip(c)) return gzippedAnswer(page, headers)
  return new SizedResponse('text' in page ? page.text : gunzip(page.gzipped), { headers })
}

/** Whether the client takes its page compressed. Asked for again and again, found out once. */
export function wantsGzip(c: AppContext): boolean {
  const known = c.get('takesGzip')
  if (known !== undefined) return known
  const takes = acceptsGzip(acceptEncodingOf(c))
  c.set('takesGzip', takes)
  return takes
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
