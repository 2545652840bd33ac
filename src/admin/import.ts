// Import: many objects in one request, with a verdict only for those that were refused.
import * as z from 'zod'
import { refuse } from '../failure.ts'
import { readBody } from '../http/body.ts'
import type { AppContext } from '../http/context.ts'
import { forgetAfterWrite } from '../http/forget-pages.ts'
import { REQUEST_SLICING } from '../ingest/limits.ts'
import { loadObjects } from '../ingest/load-objects.ts'
import { sliceObjects } from '../stix/slice.ts'
import { openWriter } from '../store/database.ts'
import { databasesOf } from '../store/databases.ts'
import { locateCollection, onPrimary } from '../store/placed-collections.ts'
import { importSummary, summaryOf } from './import-summary.ts'
import { adminOperation, answerJson } from './operation.ts'

export const importObjects = adminOperation({
  operationId: 'importObjects',
  method: 'POST',
  path: '/admin/collections/{collectionId}/import/',
  summary: 'Import objects into a collection',
  description:
    'A STIX bundle, a TAXII envelope or NDJSON. Objects are stored as the text they came in; repeating an import changes nothing.',
  pathParameters: {
    collectionId: { description: 'Collection id or alias.', example: 'soc-defenders-all' },
  },
  body: {
    schema: z.object({ objects: z.array(z.object({})) }),
    contentTypes: ['application/json', 'application/x-ndjson'],
  },
  success: { status: 200, description: 'What became of the objects', schema: importSummary },
  refusals: [400, 404, 409, 413, 422],
  handle: answerImport,
})

async function answerImport(c: AppContext): Promise<Response> {
  const idOrAlias = c.req.param('collectionId') ?? ''
  const collection = await locateCollection(databasesOf(c.env), idOrAlias, onPrimary)
  if (collection === undefined) return refuse({ kind: 'not-found', what: 'collection' })
  if (collection.parentRef !== null) {
    return refuse({
      kind: 'conflict',
      property: 'collectionId',
      problem: 'A view takes no objects; import into its collection',
    })
  }
  const body = await readBody(c.req.raw, c.get('runtime').config.maxContentLength)
  const sliced = sliceObjects(body, REQUEST_SLICING)
  if (!sliced.ok) {
    const { kind, message } = sliced.problem
    return refuse({ kind: 'bad-envelope', problem: message, isJson: kind === 'shape' })
  }
  c.set('received', sliced.slices.length)
  const session = openWriter(collection.database.d1)
  const { verdicts, changedCollectionIds } = await loadObjects(session, collection, sliced.slices)
  forgetAfterWrite(c, changedCollectionIds)
  const summary = summaryOf(verdicts)
  const { refused, ...counts } = summary
  c.set('audited', { subject: collection.id, detail: { ...counts, refused: refused.length } })
  return answerJson(summary)
}
