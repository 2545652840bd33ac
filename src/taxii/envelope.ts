// A page of objects on the wire: at once TAXII's envelope and a STIX bundle. Object texts are joined
// as they are stored; nothing here parses them.
import type { AppContext } from '../http/context.ts'
import type { Collection } from '../store/collections.ts'
import type { Page } from '../store/page.ts'
import type { ContentRow } from '../store/pages.ts'
import { nextOf } from './page-answer.ts'
import { dateAddedHeaders } from './page-headers.ts'
import type { PageRequest } from './page-request.ts'

export function answerEnvelope(
  c: AppContext,
  collection: Collection,
  request: PageRequest,
  page: Page<ContentRow>,
): Response {
  const body = writeEnvelope(page, nextOf(page, request, collection))
  reportServed(c, collection, page, { bytes: body.length, positionMs: positionOf(page, request) })
  return new Response(body, {
    headers: {
      'Content-Type': c.var.contentType,
      'Cache-Control': 'private, no-store',
      ...dateAddedHeaders(page.rows, request.positionMicros),
    },
  })
}

/** `more` and `objects` are always there: mainstream clients fail on an envelope without them. */
function writeEnvelope({ rows }: Page<ContentRow>, next: string | undefined): string {
  const head = `{"type":"bundle","id":"bundle--${crypto.randomUUID()}"`
  const paging = next === undefined ? '"more":false' : `"more":true,"next":"${next}"`
  return `${head},${paging},"objects":[${rows.map(({ content }) => content).join(',')}]}`
}

/** Where a reader stands after this page, also when there was nothing new; undefined = nowhere. */
function positionOf({ rows }: Page<ContentRow>, { positionMicros, query }: PageRequest) {
  const last = rows.at(-1)
  if (query.order === 'desc') return undefined
  return last?.dateAddedMs ?? (positionMicros === undefined ? undefined : query.afterMs)
}

function reportServed(
  c: AppContext,
  collection: Collection,
  { rows }: Page<ContentRow>,
  { bytes, positionMs }: { bytes: number; positionMs: number | undefined },
): void {
  const read = { collectionId: collection.id, positionMs, atMs: Date.now() }
  const reads = positionMs === undefined ? [] : [{ ...read, positionMs }]
  c.set('served', { objects: rows.length, bytes, reads })
}
