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
  /** Objects in the collection. */
  objects: number
  /** Of one request; servers that count requests by key are asked with one key after the other. */
  headers: () => Headers
}

/** Why a server cannot be measured here. */
export type Absent = { absent: string }

export function objectsUrl({ url, path }: TaxiiTarget): string {
  return `${url}${path}objects/`
}

export function manifestUrl({ url, path }: TaxiiTarget): string {
  return `${url}${path}manifest/`
}
