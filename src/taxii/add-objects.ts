// 5.5 Add Objects: an envelope (or a bundle) into a collection; the answer says of every object what
// became of it. Objects are stored before the answer is given, so a status is always complete.
import { readBody } from '../http/body.ts'
import type { AppContext } from '../http/context.ts'
import { forgetAfterWrite } from '../http/forget-pages.ts'
import { STIX, TAXII } from '../http/media-type.ts'
import { requireTaxiiBody } from '../http/negotiate.ts'
import type { Operation } from '../http/operation.ts'
import { storeJudged } from '../ingest/load-objects.ts'
import { ownerIdOf } from '../keys/record.ts'
import { openWriter } from '../store/database.ts'
import { bookmarkAfter } from '../store/databases.ts'
import { addStatus, expireStatuses } from '../store/statuses.ts'
import { requireWritable } from './access.ts'
import { answerResource } from './answer.ts'
import { collectionParameter } from './documentation.ts'
import { judgeEnvelope } from './envelope-body.ts'
import { OBJECTS_PATH } from './paths.ts'
import { envelope, status } from './resources.ts'
import { statusOf } from './status-resource.ts'

export const addObjectsOperation: Operation = {
  operationId: 'addObjects',
  source: 'TAXII 2.1 §5.5',
  method: 'POST',
  path: OBJECTS_PATH,
  tag: 'TAXII',
  summary: 'Add objects to a collection',
  description: `Each object is judged by itself, if the body is JSON as a whole: the status lists what was stored and, with a reason, what was not. A version that is already stored is a success and does not move.`,
  pathParameters: { collectionId: collectionParameter },
  query: {},
  body: { schema: envelope, contentTypes: [TAXII, STIX] },
  success: { status: 202, description: 'The status of the request', schema: status },
  refusals: [400, 401, 403, 404, 406, 413, 415, 422, 429, 503],
  offer: 'taxii',
  access: { by: 'key', scope: 'write:stix', weight: (config) => config.weights.addObjects },
  handle: answerAddObjects,
}

/** Each write makes room for its own status, also where no schedule runs. */
const EXPIRED_A_WRITE = 20

async function answerAddObjects(c: AppContext): Promise<Response> {
  const collection = await requireWritable(c)
  requireTaxiiBody(c.req.header('Content-Type'))
  const requestedAtMs = Date.now()
  const body = await readBody(c.req.raw, c.get('runtime').config.maxContentLength)
  const { received, judged } = judgeEnvelope(body, collection)
  c.set('received', received)
  const session = openWriter(collection.database.d1)
  const { verdicts, changedCollectionIds } = await storeJudged(session, collection, judged)
  forgetAfterWrite(c, changedCollectionIds)
  const resource = statusOf(crypto.randomUUID(), requestedAtMs, verdicts)
  await addStatus(session, {
    id: resource.id,
    ownerKeyId: ownerIdOf(c.get('grants')),
    createdAtMs: requestedAtMs,
    text: JSON.stringify(resource),
  })
  c.executionCtx.waitUntil(expireStatuses(session, requestedAtMs, EXPIRED_A_WRITE))
  return answerResource(c, resource, {
    status: 202,
    headers: { 'X-D1-Bookmark': bookmarkAfter(session, collection.database) },
  })
}
