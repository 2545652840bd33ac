// 5.6 Get an Object: one object by its STIX id, in the versions asked for.
import { refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import type { Operation } from '../http/operation.ts'
import type { Session } from '../store/database.ts'
import { idList } from '../store/lists.ts'
import { END_OF_TIME_MS, type PageQuery } from '../store/page-query.ts'
import { readContentPage, readManifestPage } from '../store/pages.ts'
import { readerOf, requireReadable } from './access.ts'
import { collectionParameter, dateAddedHeaderDocs, objectParameter } from './documentation.ts'
import { writeEnvelope } from './envelope.ts'
import { answerOwnPage } from './page-answer.ts'
import { type PageRequest, pageRequestOf } from './page-request.ts'
import { objectParameters } from './parameters.ts'
import { OBJECT_PATH } from './paths.ts'
import { stixBundle } from './resources.ts'

export const getObject: Operation = {
  operationId: 'getObject',
  source: 'TAXII 2.1 §5.6',
  method: 'GET',
  path: OBJECT_PATH,
  tag: 'TAXII',
  summary: 'Fetch one object',
  description: 'The last version of an object, or the versions that `match[version]` names.',
  pathParameters: { collectionId: collectionParameter, objectId: objectParameter },
  query: objectParameters,
  success: {
    status: 200,
    description: 'A bundle of the versions',
    schema: stixBundle,
    headers: dateAddedHeaderDocs,
  },
  refusals: [400, 401, 403, 404, 406, 429, 503],
  offer: 'taxii-or-stix',
  access: { by: 'key', scope: 'read:stix', weight: (config) => config.weights.other },
  handle: answerObject,
}

async function answerObject(c: AppContext): Promise<Response> {
  const collection = await requireReadable(c)
  const request = forOneObject(pageRequestOf(c, collection), objectIdOf(c))
  const session = readerOf(c, collection.database)
  const page = await readContentPage(session, request.query)
  if (page.rows === 0) await requireObject(session, request.query)
  return await answerOwnPage(c, { kind: 'object', collection, request }, page, writeEnvelope)
}

export function objectIdOf(c: AppContext): string {
  return c.req.param('objectId') ?? ''
}

export function forOneObject(request: PageRequest, stixId: string): PageRequest {
  const listGroups = [...request.query.listGroups, [idList(stixId)]]
  return { ...request, query: { ...request.query, listGroups } }
}

/** An object that the filters hide gives an empty page; one that is not there, a 404. */
export async function requireObject(session: Session, query: PageQuery): Promise<void> {
  const everyVersion = { all: true, first: false, last: false, keys: [], specVersions: null }
  const { rows } = await readManifestPage(session, {
    ...query,
    versions: [{ ...everyVersion, specVersions: ['2.0', '2.1'] }],
    afterMs: 0,
    beforeMs: END_OF_TIME_MS,
    limit: 1,
  })
  if (rows === 0) refuse({ kind: 'not-found', what: 'object' })
}
