// What the operator's API answers with, as far as the CLI reads it.

export type KeyState = {
  id: string
  label: string
  owner: string
  tier: string
  scopes: string[]
  collections: string[] | null
  per_minute: number
  per_day: number
  state: 'active' | 'expired' | 'revoked'
  last_four: string
  created: string
  expires: string | null
  networks: string[] | null
}

export type IssuedKey = KeyState & { key: string }

export type CollectionState = {
  id: string
  alias: string | null
  title: string
  description: string | null
  can_read: boolean
  can_write: boolean
  media_types: string[]
  view_of: string | null
  selects: string[] | null
  /** null = for ever. */
  retention_days: number | null
  database: string
  last_added: string | null
  revision: number
  created: string
}

export type UsagePeriod = {
  start: string
  requests: number
  units: number
  objects: number
  bytes: number
  refused: Record<string, number>
}

export type KeyUsage = {
  id: string
  last_used: string | null
  minutes: UsagePeriod[]
  days: UsagePeriod[]
  reads: {
    collection: string
    position: string
    at: string
    objects_behind: number
    or_more: boolean
    seconds_behind: number
  }[]
}

export type AuditLine = {
  id: number
  at: string
  operator: string
  action: string
  subject: string
  detail: Record<string, unknown>
}

export type OperatorState = { id: string; name: string; last_four: string; created: string }

export type OperatorHealth = {
  /** Servers of 0.1 do not tell it. */
  release?: string
  operator: string
  time: string
  origin: string
  tiers: string[]
  max_content_length: number
  key_secret_fingerprint: string
  /** The home database first. */
  databases: { name: string; collections: number; bytes: number; milliseconds: number }[]
}

export type HousekeepingRun = {
  at: string
  cause: string
  milliseconds: number
  more_left: boolean
  databases: {
    database: string
    statuses: number
    searches: number
    audit_lines: number
    removed_rows: number
    retired_versions: number
    more_left: boolean
    problem: string | null
  }[]
}

export type RefusedObject = { index: number; id: string; version: string | null; message: string }

export type ImportSummary = {
  received: number
  added: number
  already_there: number
  refused: RefusedObject[]
}

export function collectionPath(idOrAlias: string): string {
  return `/admin/collections/${encodeURIComponent(idOrAlias)}/`
}

export function keyPath(keyId: string): string {
  return `/admin/keys/${encodeURIComponent(keyId)}/`
}
