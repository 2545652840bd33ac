// The query parameters of TAXII's filtering and paging (TAXII 2.1 §3.4): how each is written, what
// it becomes, and why a text is refused.
import * as z from 'zod'
import type { QueryParameter } from '../http/operation.ts'
import { interopParameters } from './interop-filters.ts'
import {
  alternatives,
  positiveInteger,
  single,
  specVersions,
  timestampMicros,
  versions,
} from './parameter-values.ts'

export const addedAfter: QueryParameter = {
  schema: timestampMicros.meta({ type: 'string', format: 'date-time' }),
  description:
    'Return only objects added to the collection after this timestamp. The canonical way to poll for changes: save the `X-TAXII-Date-Added-Last` header of an answer and pass it here on the next request.',
  example: '2026-05-16T00:00:00Z',
}

export const limit: QueryParameter = {
  schema: positiveInteger.meta({ type: 'integer', minimum: 1 }),
  configured: ({ page }) => ({ default: page.limitDefault, maximum: page.limitMax }),
  description:
    'The most objects the answer may hold. A greater value than the maximum is taken as the maximum. A page may hold fewer objects than asked for when they are large; `more` tells.',
  example: 500,
}

export const next: QueryParameter = {
  schema: z.string().meta({ type: 'string' }),
  description:
    'The `next` of the previous page: the same position as its `X-TAXII-Date-Added-Last`, with its filters. Never expires.',
}

export const stixType: QueryParameter = {
  schema: single.meta({ type: 'string' }),
  description:
    'Filter by STIX object type. `indicator` narrows the bundle to just indicators (no identity or marking-definition objects).',
  example: 'indicator',
}

export const matchType: QueryParameter = {
  schema: alternatives.meta({ type: 'string' }),
  description:
    'Objects of these STIX types and, for observable types such as `ipv4-addr`, the indicators whose pattern is about one. Comma-separated.',
  example: 'ipv4-addr',
}

export const matchId: QueryParameter = {
  schema: alternatives.meta({ type: 'string' }),
  description: 'Objects with these STIX ids. Comma-separated.',
}

export const matchVersion: QueryParameter = {
  schema: versions.meta({ type: 'string', default: 'last' }),
  description:
    '`last` (the default), `first`, `all`, or the `modified` timestamps of versions. Comma-separated.',
}

export const matchSpecVersion: QueryParameter = {
  schema: specVersions.meta({ type: 'string' }),
  description:
    'STIX versions, e.g. `2.1`. Comma-separated. Without it only the newest that each object has.',
  example: '2.1',
}

export const sort: QueryParameter = {
  schema: z.enum(['asc', 'desc']).default('asc'),
  description:
    'An extension: `desc` gives the newest objects first. Follow such pages by `next` only, since the date headers then run backwards.',
}

/** The parameters that filter, as opposed to those that page; these travel in `next`. */
export const filterParameters: Record<string, QueryParameter> = {
  type: stixType,
  'match[type]': matchType,
  'match[id]': matchId,
  'match[version]': matchVersion,
  'match[spec_version]': matchSpecVersion,
  ...interopParameters,
  x_sort: sort,
}

/** 5.6: an object by its id. */
export const objectParameters: Record<string, QueryParameter> = {
  added_after: addedAfter,
  limit,
  next,
  'match[version]': matchVersion,
  'match[spec_version]': matchSpecVersion,
}

/** 5.8: there is no choice of versions where the versions are the answer. */
export const versionsParameters: Record<string, QueryParameter> = {
  added_after: addedAfter,
  limit,
  next,
  'match[spec_version]': matchSpecVersion,
}

export const deleteParameters: Record<string, QueryParameter> = {
  'match[version]': matchVersion,
  'match[spec_version]': matchSpecVersion,
}

export const pageParameters: Record<string, QueryParameter> = {
  added_after: addedAfter,
  limit,
  next,
  ...filterParameters,
}
