// A page of small records as an answer: `more`, `next` when there is more, and the date headers.
import type { AppContext } from '../http/context.ts'
import type { Collection } from '../store/collections.ts'
import type { Page } from '../store/page.ts'
import { answerResource } from './answer.ts'
import { writeCursor } from './cursor.ts'
import { dateAddedHeaders } from './page-headers.ts'
import type { PageRequest } from './page-request.ts'

/** `members` stand after `more` and `next`, under the name their resource gives them. */
export function answerPage(
  c: AppContext,
  collection: Collection,
  request: PageRequest,
  page: Page<{ dateAddedMs: number }>,
  members: object,
): Response {
  const next = nextOf(page, request, collection)
  const resource = { more: next !== undefined, ...(next === undefined ? {} : { next }), ...members }
  return answerResource(c, resource, {
    headers: dateAddedHeaders(page.rows, request.positionMicros),
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
