// A sequence in full, page by page: what a backup or a move takes along.
import { refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import { NDJSON } from '../http/media-type.ts'
import { SizedResponse } from '../http/sized-response.ts'
import { writeEntryRecord, writeObjectRecord } from '../ingest/records.ts'
import { formatMillis } from '../stix/timestamp.ts'
import { databasesOf } from '../store/databases.ts'
import type { Page } from '../store/page.ts'
import { END_OF_TIME_MS } from '../store/page-query.ts'
import { locateCollection, onPrimary, type PlacedCollection } from '../store/placed-collections.ts'
import { readSequence, readSequenceEntries, type Stretch } from '../store/sequence.ts'
import { adminOperation } from './operation.ts'
import {
  dateParameter,
  exportLine,
  type PageEnd,
  RECORDS_DEFAULT,
  recordLimit,
} from './record-resources.ts'

export const recordPathParameters = {
  collectionId: { description: 'Collection id or alias.', example: 'soc-defenders-all' },
}

export const exportRecords = adminOperation({
  operationId: 'exportRecords',
  method: 'GET',
  path: '/admin/collections/{collectionId}/records/',
  summary: 'Export a collection or view with its dates',
  description:
    'Every stored version of every object in the order of `date_added`, one record a line, and at the end a line with `page`. Of a view, its members by id and version: the texts are those of its collection. What is added meanwhile comes last; whether something was deleted meanwhile, `revision` tells.',
  pathParameters: recordPathParameters,
  query: {
    after: dateParameter('Only records added after this: the `last` of the previous page.'),
    through: dateParameter('Only records added up to this.'),
    limit: recordLimit,
  },
  success: { status: 200, description: 'A page of records', schema: exportLine },
  refusals: [400, 404],
  offer: 'ndjson',
  handle: answerExport,
})

type Asked = { after?: number; through?: number; limit?: number }

async function answerExport(c: AppContext): Promise<Response> {
  const idOrAlias = c.req.param('collectionId') ?? ''
  const collection = await locateCollection(databasesOf(c.env), idOrAlias, onPrimary)
  if (collection === undefined) return refuse({ kind: 'not-found', what: 'collection' })
  const { after, through, limit }: Asked = c.get('parameters')
  const { rows, hasMore } = await readLines(collection, {
    collectionRef: collection.ref,
    afterMs: after ?? 0,
    throughMs: through ?? END_OF_TIME_MS,
    limit: limit ?? RECORDS_DEFAULT,
    bytesMax: c.get('runtime').config.page.bytesMax,
  })
  const last = rows.at(-1)
  const end: PageEnd = {
    page: {
      records: rows.length,
      more: hasMore,
      last: last === undefined ? null : formatMillis(last.dateAddedMs),
      revision: collection.revision,
    },
  }
  const lines = [...rows.map(({ line }) => line), JSON.stringify(end), '']
  return new SizedResponse(lines.join('\n'), {
    headers: { 'Content-Type': NDJSON, 'Cache-Control': 'no-store' },
  })
}

type Line = { dateAddedMs: number; line: string }

async function readLines(of: PlacedCollection, stretch: Stretch): Promise<Page<Line>> {
  const session = onPrimary(of.database)
  if (of.parentRef === null) {
    const { rows, hasMore } = await readSequence(session, stretch)
    return { rows: rows.map(objectLine), hasMore }
  }
  const { rows, hasMore } = await readSequenceEntries(session, {
    ...stretch,
    bytesMax: END_OF_TIME_MS,
  })
  return { rows: rows.map(entryLine), hasMore }
}

function objectLine({ dateAddedMs, content }: { dateAddedMs: number; content: string }): Line {
  return { dateAddedMs, line: writeObjectRecord(dateAddedMs, content) }
}

type Entry = { dateAddedMs: number; stixId: string; specVersion: string; version: string | null }

function entryLine({ dateAddedMs, stixId: id, specVersion, version }: Entry): Line {
  return { dateAddedMs, line: writeEntryRecord(dateAddedMs, { id, specVersion, version }) }
}
