// 5.4 Get Objects: a page of a collection's objects, oldest first.
import type { Operation } from '../http/operation.ts'
import { EMPTY_CONTENT, readContentPage } from '../store/pages.ts'
import { collectionParameter, dateAddedHeaderDocs } from './documentation.ts'
import { writeEnvelope } from './envelope.ts'
import { pageParameters } from './parameters.ts'
import { OBJECTS_PATH } from './paths.ts'
import { stixBundle } from './resources.ts'
import { serveSharedPage } from './shared-page.ts'

export const getObjects: Operation = {
  operationId: 'getTAXIIObjects',
  source: 'TAXII 2.1 §5.4',
  method: 'GET',
  path: OBJECTS_PATH,
  tag: 'TAXII',
  summary: 'Fetch STIX 2.1 objects from a TAXII collection',
  description: `A page of the collection's objects, oldest first, that is at once a TAXII envelope and a STIX 2.1 bundle.

Walk forward by \`next\`, or by passing \`X-TAXII-Date-Added-Last\` as \`added_after\`: both are the same position, and may be mixed.`,
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
  ...serveSharedPage({
    kind: 'objects',
    read: readContentPage,
    write: writeEnvelope,
    empty: EMPTY_CONTENT,
  }),
}
