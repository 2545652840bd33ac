// What a page is asked for, in the terms of the store: a position in a collection's sequence and
// what an object must satisfy. Plain data; the same query always means the same page.

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

/** A test of what is in an object. Paths are SQLite JSON paths. */
export type ContentTest =
  /** The value at the path, as text, is one of these; true is `1`, false `0`, absent `fallback`. */
  | { kind: 'equals'; path: string; values: string[]; fallback?: string }
  /** The list at the path holds one of these, or an object that has one under `member`. */
  | { kind: 'contains'; path: string; member?: string; values: string[] }
  | { kind: 'number'; path: string; operator: '>=' | '<='; value: number }
  /** A timestamp compared as an instant; `modified` is compared as the version it is. */
  | { kind: 'instant'; path: string; operator: '>=' | '<='; value: string }
  /** Another object that names one of these ids anywhere. */
  | { kind: 'mentions'; ids: string[] }

export type PageQuery = {
  collectionRef: number
  /** Of the collection, as the request knows it: moved by a delete. */
  revision: number
  /** The object stands in at least one list of each group; no group = the whole collection. */
  listGroups: string[][]
  /** All of these must hold; none = the current version of each object. */
  versions: VersionFilter[]
  /** Of each group at least one test holds. */
  content: ContentTest[][]
  /** Objects added strictly after this; 0 = from the oldest. */
  afterMs: number
  /** Objects added strictly before this. */
  beforeMs: number
  /** Oldest or newest first. */
  order: 'asc' | 'desc'
  /** Nothing added before this, identities and marking definitions excepted; 0 = no look-back. */
  floorMs: number
  limit: number
  bytesMax: number
}

/** One range of one list, with what its entries must satisfy besides. Both ends are exclusive. */
export type Range = {
  list: string
  isCurrent: 0 | 1
  afterMs: number
  beforeMs: number
  /** Other list groups an entry must stand in. */
  also: string[][]
  /** Of what has no entry in the lists that the query names; hardly any collection has such objects. */
  isOverflow: boolean
}

export const END_OF_TIME_MS = Number.MAX_SAFE_INTEGER
