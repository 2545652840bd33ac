// 4.3 Get Status: the outcome of an earlier add, for the key that made it.
import { refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import type { Operation } from '../http/operation.ts'
import { SizedResponse } from '../http/sized-response.ts'
import { ownerIdOf } from '../keys/record.ts'
import { askDatabases, databasesOf } from '../store/databases.ts'
import { onPrimary } from '../store/placed-collections.ts'
import { findStatus } from '../store/statuses.ts'
import { STATUS_PATH } from './paths.ts'
import { status } from './resources.ts'

export const getStatus: Operation = {
  operationId: 'getStatus',
  source: 'TAXII 2.1 §4.3',
  method: 'GET',
  path: STATUS_PATH,
  tag: 'TAXII',
  summary: 'Show the status of an earlier write',
  description:
    'Kept for at least 24 hours; only the key that wrote can see it, and keys that replace it.',
  pathParameters: {
    statusId: {
      description: 'The `id` in the answer to the write.',
      example: '2d086da7-4bdc-4f91-900e-d77486753710',
    },
  },
  query: {},
  success: { status: 200, description: 'The status', schema: status },
  refusals: [401, 404, 406, 429, 503],
  offer: 'taxii',
  access: { by: 'key', scope: null, weight: (config) => config.weights.other },
  handle: answerStatus,
}

/**
 * Read from the primary: the client asks right after it wrote. A status is kept where the collection
 * is that was written to, which its id does not tell.
 */
async function answerStatus(c: AppContext): Promise<Response> {
  const id = c.req.param('statusId') ?? ''
  const kept = await askDatabases(databasesOf(c.env).all, (database) =>
    findStatus(onPrimary(database), id, ownerIdOf(c.get('grants'))),
  )
  if (kept === undefined) return refuse({ kind: 'not-found', what: 'status' })
  return new SizedResponse(kept.found, {
    headers: { 'Content-Type': c.get('contentType'), 'Cache-Control': 'private, no-store' },
  })
}
