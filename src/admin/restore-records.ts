// Records into a new collection or view, at the dates they had elsewhere; and the end of it.
import * as z from 'zod'
import { refuse } from '../failure.ts'
import { readBody } from '../http/body.ts'
import type { AppContext } from '../http/context.ts'
import { forgetAfterWrite } from '../http/forget-pages.ts'
import { OBJECTS_PER_REQUEST_MAX } from '../ingest/limits.ts'
import { type Read, readEntryRecord, readObjectRecord } from '../ingest/records.ts'
import {
  datedRecords,
  finishSequence,
  type Restored,
  restoreEntryRecords,
  restoreObjectRecords,
} from '../ingest/restore-records.ts'
import { sliceObjects } from '../stix/slice.ts'
import { formatMillis } from '../stix/timestamp.ts'
import { databasesOf } from '../store/databases.ts'
import { locateCollection, onPrimary, type PlacedCollection } from '../store/placed-collections.ts'
import { fillView } from '../store/views.ts'
import { recordPathParameters } from './export-records.ts'
import { importSummary, summaryOf } from './import-summary.ts'
import { adminOperation, answerJson, readJsonBody } from './operation.ts'
import { dateParameter, record, restoreEnd } from './record-resources.ts'

export const restoreOperations = [
  adminOperation({
    operationId: 'restoreRecords',
    method: 'POST',
    path: '/admin/collections/{collectionId}/records/',
    summary: 'Bring records in at their dates',
    description:
      'Records as an export gives them, in order, into a collection that has nothing else: each goes on after the last date that is there. Dates are whole milliseconds and rise strictly. Records that are in already, since an answer was lost, are counted and do not move. Objects are checked as in an import. Into a view, the members that its collection has.',
    pathParameters: recordPathParameters,
    query: { after: dateParameter('Date of the record before these; none for the first.') },
    body: { schema: record, contentTypes: ['application/x-ndjson', 'application/json'] },
    success: { status: 200, description: 'What became of the records', schema: importSummary },
    refusals: [400, 404, 409, 413],
    handle: answerRestore,
  }),
  adminOperation({
    operationId: 'finishRestore',
    method: 'POST',
    path: '/admin/collections/{collectionId}/records/finish/',
    summary: 'End the bringing in of records',
    description:
      'From here on the sequence goes on after `last_added`, if that is later than the last record. A view takes what its collection has and the records lacked. May be repeated.',
    pathParameters: recordPathParameters,
    body: { schema: restoreEnd, contentTypes: ['application/json'] },
    success: {
      status: 200,
      description: 'Done',
      schema: z.object({ id: z.uuid(), last_added: z.string().nullable() }),
    },
    refusals: [400, 404, 409],
    handle: finish,
  }),
]

async function answerRestore(c: AppContext): Promise<Response> {
  const collection = await requireCollection(c)
  const { after: afterMs = 0 }: { after?: number } = c.get('parameters')
  const { maxContentLength } = c.get('runtime').config
  const texts = textsOf(await readBody(c.req.raw, maxContentLength), maxContentLength)
  c.set('received', texts.length)
  const restored = await restoreTexts(collection, texts, afterMs)
  if (!restored.ok) return refuseElsewhere(collection, afterMs)
  const { verdicts, changedCollectionIds } = restored.loaded
  forgetAfterWrite(c, changedCollectionIds)
  const summary = summaryOf(verdicts)
  const { refused, ...counts } = summary
  c.set('audited', { subject: collection.id, detail: { ...counts, refused: refused.length } })
  return answerJson(summary)
}

async function finish(c: AppContext): Promise<Response> {
  const collection = await requireCollection(c)
  const asked = await readJsonBody(c, restoreEnd)
  const afterMs = asked.after ?? 0
  const lastAddedMs = Math.max(afterMs, asked.last_added ?? 0)
  const session = onPrimary(collection.database)
  if (!(await finishSequence(session, collection, { afterMs, lastAddedMs }))) {
    return refuseElsewhere(collection, afterMs)
  }
  if (collection.parentRef !== null) await fillView(session, collection.ref)
  forgetAfterWrite(c, [])
  const detail = { after: dateOf(afterMs), last_added: dateOf(lastAddedMs) }
  c.set('audited', { subject: collection.id, detail })
  return answerJson({ id: collection.id, last_added: dateOf(lastAddedMs) })
}

async function requireCollection(c: AppContext): Promise<PlacedCollection> {
  const idOrAlias = c.req.param('collectionId') ?? ''
  const collection = await locateCollection(databasesOf(c.env), idOrAlias, onPrimary)
  return collection ?? refuse({ kind: 'not-found', what: 'collection' })
}

/** Told apart by their structure, so that a record may span lines. */
function textsOf(body: string, charsMax: number): string[] {
  const sliced = sliceObjects(body, {
    maxObjectChars: charsMax,
    maxObjects: OBJECTS_PER_REQUEST_MAX,
  })
  if (!sliced.ok) {
    return refuse({ kind: 'bad-envelope', problem: sliced.problem.message, isJson: false })
  }
  return sliced.slices.map((slice) => (slice.kind === 'text' ? slice.text : slice.head))
}

async function restoreTexts(
  collection: PlacedCollection,
  texts: readonly string[],
  afterMs: number,
): Promise<Restored> {
  const session = onPrimary(collection.database)
  if (collection.parentRef === null) {
    const records = recordsOf(texts, readObjectRecord, afterMs)
    return await restoreObjectRecords(session, collection, records, afterMs)
  }
  const records = recordsOf(texts, readEntryRecord, afterMs)
  requireDistinct(records)
  return await restoreEntryRecords(session, collection, records, afterMs)
}

/** Refuses the first text that is no record, or whose date does not follow. */
function recordsOf<Record extends { dateAdded: string }>(
  texts: readonly string[],
  read: (text: string) => Read<Record>,
  afterMs: number,
): (Record & { dateAddedMs: number })[] {
  const records = texts.map((text, index) => {
    const result = read(text)
    return result.ok ? result.record : refuseRecord(index, result.problem)
  })
  const dated = datedRecords(records, { afterMs, nowMs: Date.now() })
  return dated.ok ? dated.records : refuseRecord(dated.index, dated.problem)
}

/** A version is in a view once. */
function requireDistinct(
  records: readonly { id: string; specVersion: string; version: string | null }[],
): void {
  const seen = new Set<string>()
  for (const [index, { id, specVersion, version }] of records.entries()) {
    const name = `${id} ${specVersion} ${version ?? ''}`
    if (seen.has(name)) refuseRecord(index, 'is the same version as one before it')
    seen.add(name)
  }
}

/** Records are counted from 1, as the lines of a file are. */
function refuseRecord(index: number, problem: string): never {
  return refuse({ kind: 'bad-body', problems: [{ path: `record ${index + 1}`, problem }] })
}

function refuseElsewhere({ lastAddedMs }: PlacedCollection, afterMs: number): never {
  const stands = dateOf(lastAddedMs)
  const asked = dateOf(afterMs)
  return refuse({
    kind: 'conflict',
    property: 'after',
    problem: `These records go on ${asked === null ? 'in a collection that never had objects' : `after ${asked}`}, but this collection ${stands === null ? 'never had objects' : `stands at ${stands}`}: it was written to by something else, or other records come first`,
  })
}

function dateOf(ms: number): string | null {
  return ms === 0 ? null : formatMillis(ms)
}
