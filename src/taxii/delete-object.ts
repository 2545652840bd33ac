// 5.7 Delete an Object: all of its versions, or those the filters select, from the collection and
// from its views.
import { refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import { forgetAfterWrite } from '../http/forget-pages.ts'
import type { Operation } from '../http/operation.ts'
import { SizedResponse } from '../http/sized-response.ts'
import { openWriter } from '../store/database.ts'
import { bookmarkAfter } from '../store/databases.ts'
import { deleteObjects } from '../store/delete-objects.ts'
import { requireDeletable } from './access.ts'
import { collectionParameter, objectParameter } from './documentation.ts'
import { type FilterValues, filterTexts, parseFilters, versionFilterOf } from './filters.ts'
import { objectIdOf } from './object.ts'
import { deleteParameters } from './parameters.ts'
import { OBJECT_PATH } from './paths.ts'

export const deleteObject: Operation = {
  operationId: 'deleteObject',
  source: 'TAXII 2.1 §5.7',
  method: 'DELETE',
  path: OBJECT_PATH,
  tag: 'TAXII',
  summary: 'Delete an object or some of its versions',
  description: 'Without a filter every version goes.',
  pathParameters: { collectionId: collectionParameter, objectId: objectParameter },
  query: deleteParameters,
  success: { status: 200, description: 'Deleted' },
  refusals: [400, 401, 403, 404, 406, 429, 503],
  offer: 'taxii',
  access: { by: 'key', scope: 'write:stix', weight: (config) => config.weights.other },
  handle: answerDeleteObject,
}

async function answerDeleteObject(c: AppContext): Promise<Response> {
  const collection = await requireDeletable(c)
  const session = openWriter(collection.database.d1)
  const deleted = await deleteObjects(session, {
    collectionRef: collection.ref,
    stixId: objectIdOf(c),
    versions: versionFilterOf(wholeObject(parseFilters(filterTexts(c.get('parameters'))) ?? {})),
  })
  if (deleted.versions === 0) return refuse({ kind: 'not-found', what: 'object' })
  forgetAfterWrite(c, deleted.changedCollectionIds)
  return new SizedResponse(null, {
    headers: {
      'Content-Type': c.get('contentType'),
      'Cache-Control': 'private, no-store',
      'X-D1-Bookmark': bookmarkAfter(session, collection.database),
    },
  })
}

/** A STIX version named without versions of the object means all that it has in that form. */
function wholeObject(filters: FilterValues): FilterValues {
  return filters['match[spec_version]'] === undefined
    ? filters
    : { 'match[version]': ['all'], ...filters }
}
