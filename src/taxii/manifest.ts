// 5.3 Get Object Manifests: what versions a collection holds, without their content. For the same
// query it pairs one to one with the objects.
import type { Operation } from '../http/operation.ts'
import { EMPTY_MANIFEST, type ManifestPage, readManifestPage } from '../store/pages.ts'
import { collectionParameter, dateAddedHeaderDocs } from './documentation.ts'
import { manifestRecord } from './manifest-record.ts'
import { pageParameters } from './parameters.ts'
import { MANIFEST_PATH } from './paths.ts'
import { type Manifest, manifest } from './resources.ts'
import { serveSharedPage } from './shared-page.ts'

export const getManifest: Operation = {
  operationId: 'getManifest',
  source: 'TAXII 2.1 §5.3',
  method: 'GET',
  path: MANIFEST_PATH,
  tag: 'TAXII',
  summary: 'List the object versions of a collection',
  description:
    'One record for each version, oldest first. The same filters and paging as for objects.',
  pathParameters: { collectionId: collectionParameter },
  query: pageParameters,
  success: {
    status: 200,
    description: 'A page of manifest records',
    schema: manifest,
    headers: dateAddedHeaderDocs,
  },
  refusals: [400, 401, 403, 404, 406, 429, 503],
  offer: 'taxii-or-stix',
  access: { by: 'key', scope: 'read:stix', weight: (config) => config.weights.manifestPage },
  ...serveSharedPage({
    kind: 'manifest',
    read: readManifestPage,
    write: writeManifest,
    empty: EMPTY_MANIFEST,
  }),
}

function writeManifest({ records }: ManifestPage, next: string | undefined): string {
  const resource: Manifest = {
    more: next !== undefined,
    ...(next === undefined ? {} : { next }),
    objects: records.map(manifestRecord),
  }
  return JSON.stringify(resource)
}
