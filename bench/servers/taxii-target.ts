// A TAXII server with one collection to measure, whoever made it.
import type { Headers } from '../load/http-reader.ts'

export const TAXII = 'application/taxii+json;version=2.1'

export type TaxiiTarget = {
  name: string
  /** Origin. */
  url: string
  /** Process whose tree is the server. */
  pid: number
  /** Of the collection, with slashes around. */
  path: string
  /** Parameters that every request carries. */
  query: Readonly<Record<string, string>>
  /** Objects in the collection. */
  objects: number
  /** Of one request; servers that count requests by key are asked with one key after the other. */
  headers: () => Headers
}

/** Why a server cannot be measured here. */
export type Absent = { absent: string }

export type Part = 'objects' | 'manifest'

/** Path and query of a page. */
export function pagePath(
  { path, query }: TaxiiTarget,
  part: Part,
  parameters: Record<string, string>,
): string {
  return `${path}${part}/?${new URLSearchParams({ ...query, ...parameters })}`
}
