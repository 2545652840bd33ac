// What a page is asked for, in the terms of the store: a position in a collection's sequence and
// the lists that an object must stand in. Plain data; the same query always means the same page.

/** A choice of versions other than the current ones (TAXII 2.1 §3.4.1). */
export type VersionFilter = {
  all: boolean
  first: boolean
  last: boolean
  /** Instants, as `versionKey`s. */
  keys: string[]
  /** null = the newest STIX version that each object has. */
  specVersions: string[] | null
}

export type PageQuery = {
  collectionRef: number
  /** The object stands in at least one list of each group; no group = the whole collection. */
  listGroups: string[][]
  /** All of these must hold; none = the current version of each object. */
  versions: VersionFilter[]
  /** Objects added strictly after this; 0 = from the oldest. */
  afterMs: number
  /** Nothing added before this, identities and marking definitions excepted; 0 = no look-back. */
  floorMs: number
  limit: number
  bytesMax: number
}

/** One range of one list, with what its entries must satisfy besides. */
export type Range = {
  list: string
  isCurrent: 0 | 1
  afterMs: number
  /** Inclusive. */
  throughMs: number
  /** Other list groups an entry must stand in. */
  also: string[][]
}

export const END_OF_TIME_MS = Number.MAX_SAFE_INTEGER
