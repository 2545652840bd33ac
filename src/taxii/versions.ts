// 5.8 Get Object Versions: when an object changed, in the order the versions arrived here.
import type { AppContext } from '../http/context.ts'
import type { Operation } from '../http/operation.ts'
import type { VersionFilter } from '../store/page-query.ts'
import { type ManifestPage, readManifestPage } from '../store/pages.ts'
import { readerOf, requireReadable } from './access.ts'
import { collectionParameter, dateAddedHeaderDocs, objectParameter } from './documentation.ts'
import { versionText } from './manifest-record.ts'
import { forOneObject, objectIdOf, requireObject } from './object.ts'
import { answerOwnPage } from './page-answer.ts'
import { pageRequestOf } from './page-request.ts'
import { versionsParameters } from './parameters.ts'
import { VERSIONS_PATH } from './paths.ts'
import { type Versions, versions } from './resources.ts'

export const getVersions: Operation = {
  operationId: 'getVersions',
  source: 'TAXII 2.1 §5.8',
  method: 'GET',
  path: VERSIONS_PATH,
  tag: 'TAXII',
  summary: 'List the versions of one object',
  description: 'The version texts of an object, oldest addition first.',
  pathParameters: { collectionId: collectionParameter, objectId: objectParameter },
  query: versionsParameters,
  success: {
    status: 200,
    description: 'A page of versions',
    schema: versions,
    headers: dateAddedHeaderDocs,
  },
  refusals: [400, 401, 403, 404, 406, 429, 503],
  offer: 'taxii',
  access: { by: 'key', scope: 'read:stix', weight: (config) => config.weights.other },
  handle: answerVersions,
}

async function answerVersions(c: AppContext): Promise<Response> {
  const collection = await requireReadable(c)
  const request = forOneObject(pageRequestOf(c, collection), objectIdOf(c))
  request.query.versions = everyVersionOf(request.query.versions)
  const session = readerOf(c, collection.database)
  const page = await readManifestPage(session, request.query)
  if (page.rows === 0) await requireObject(session, request.query)
  return await answerOwnPage(c, { kind: 'versions', collection, request }, page, writeVersions)
}

function writeVersions({ records }: ManifestPage, next: string | undefined): string {
  const resource: Versions = {
    more: next !== undefined,
    ...(next === undefined ? {} : { next }),
    versions: records.map(versionText),
  }
  return JSON.stringify(resource)
}

/** Of what a request and its cursor ask, only the STIX versions count here. */
function everyVersionOf(asked: VersionFilter[]): VersionFilter[] {
  const forms = asked.length === 0 ? [null] : asked.map(({ specVersions }) => specVersions)
  const everyVersion = { all: true, first: false, last: false, keys: [] }
  return forms.map((specVersions) => ({ ...everyVersion, specVersions }))
}
