// 5.4 Get Objects: a page of a collection's objects, as a TAXII envelope that is a STIX bundle too.
// Object texts are joined as they are stored; nothing here parses them.
import type { AppContext } from '../http/context.ts'
import type { Operation } from '../http/operation.ts'
import type { Collection } from '../store/collections.ts'
import { openReader } from '../store/database.ts'
import type { Page } from '../store/page.ts'
import { type ContentRow, readContentPage } from '../store/pages.ts'
import { bookmarkOf, requireReadable } from './access.ts'
import { writeCursor } from './cursor.ts'
import { dateAddedHeaders } from './page-headers.ts'
import { type PageRequest, readPageRequest } from './page-request.ts'
import { collectionParameter, dateAddedHeaderDocs } from './documentation.ts'
import { pageParameters } from './parameters.ts'
import { OBJECTS_PATH } from './paths.ts'
import { stixBundle } from './resources.ts'

export const getObjects: Operation = {
  operationId: 'getTAXIIObjects',
  source: 'TAXII 2.1 §5.4',
  method: 'GET',
  path: OBJECTS_PATH,
  tag: 'TAXII',
  summary: 'Fetch STIX 2.1 objects from a TAXII collection',
  description: `A page of the collection's objects, oldest first, that is at once a TAXII envelope and a STIX 2.1 bundle.

Walk forward by \`next\`, or by passing \`X-TAXII-Date-Added-Last\` as \`added_after\`: both are the same position, and may be mixed.

Costs 2.5 units.`,
  pathParameters: { collectionId: collectionParameter },
  query: pageParameters,
  success: {
    status: 200,
    description:
      'STIX 2.1 bundle of objects in the collection. Use `X-TAXII-Date-Added-Last` for delta-poll continuation.',
    schema: stixBundle,
    headers: dateAddedHeaderDocs,
  },
  refusals: [400, 401, 403, 404, 406, 429, 503],
  offer: 'taxii-or-stix',
  access: { by: 'key', scope: 'read:stix', weight: (config) => config.weights.objectsPage },
  handle: answerObjects,
}

async function answerObjects(c: AppContext): Promise<Response> {
  const collection = await requireReadable(c)
  const request = pageRequestOf(c, collection)
  const page = await readContentPage(openReader(c.env.DB, bookmarkOf(c)), request.query)
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

export function pageRequestOf(c: AppContext, collection: Collection): PageRequest {
  return readPageRequest({
    parameters: c.var.parameters,
    search: new URL(c.req.url).searchParams,
    collection,
    grants: c.var.grants,
    page: c.var.runtime.config.page,
    nowMs: Date.now(),
  })
}

/** The cursor to the following page, or undefined on the last one. */
export function nextOf(
  { rows, hasMore }: Page<{ dateAddedMs: number }>,
  { query, filters }: PageRequest,
  collection: Collection,
): string | undefined {
  const last = rows.at(-1)
  if (!hasMore || last === undefined) return undefined
  return writeCursor({
    collectionId: collection.id,
    positionMs: last.dateAddedMs,
    limit: query.limit,
    filters,
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
