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
  reportServed(c, collection, page, body.length)
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

function reportServed(
  c: AppContext,
  collection: Collection,
  { rows }: Page<ContentRow>,
  bytes: number,
): void {
  const last = rows.at(-1)
  const reads =
    last === undefined
      ? []
      : [{ collectionId: collection.id, positionMs: last.dateAddedMs, atMs: Date.now() }]
  c.set('served', { objects: rows.length, bytes, reads })
}
