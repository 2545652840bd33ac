// What a key is: the record its Durable Object holds, and what it grants under the configured
// tiers. The key's token is not part of it and is stored nowhere.
import * as z from 'zod'
import {
  type Scope,
  scopeSchema,
  type Tier,
  type Tiers,
  tierNameSchema,
  unitsSchema,
} from '../config/tier.ts'
import { isInNetworks, parseNetwork } from './networks.ts'
import type { Limits } from './window.ts'

const instantMs = z.int().min(0)

const network = z.string().refine((text) => parseNetwork(text) !== undefined, {
  message: 'must be a network such as 192.0.2.0/24 or 2001:db8::/32',
})

const keyId = z.string().regex(/^key_[A-Za-z0-9]{16}$/)

export const keyRecordSchema = z.object({
  id: keyId,
  /** Of a key that replaces another: the first of the line, under which its client is known. */
  successorOf: keyId.optional(),
  label: z.string().max(200),
  owner: z.string().max(200),
  tier: tierNameSchema,
  /** Null: those of the tier. */
  scopes: z.array(scopeSchema).nullable(),
  /** Ids of the collections it may use; null: all of them. */
  collections: z.array(z.uuid()).max(1000).nullable(),
  /** Null: that of the tier. */
  unitsPerMinute: unitsSchema.nullable(),
  /** Null: that of the tier. */
  unitsPerDay: unitsSchema.nullable(),
  /** Networks in CIDR notation it may be used from; null: anywhere. */
  networks: z.array(network).max(100).nullable(),
  createdAtMs: instantMs,
  /** From this instant on the key is refused. */
  expiresAtMs: instantMs.nullable(),
  revokedAtMs: instantMs.nullable(),
  /** The end of the token, by which its owner knows it. */
  lastFour: z.string().regex(/^[A-Za-z0-9]{4}$/),
})

export type KeyRecord = z.infer<typeof keyRecordSchema>

/** What an operator may change of a key; left out is left alone, null goes back to the tier's. */
export const keyPatchSchema = keyRecordSchema
  .pick({
    label: true,
    owner: true,
    tier: true,
    scopes: true,
    collections: true,
    unitsPerMinute: true,
    unitsPerDay: true,
    networks: true,
    expiresAtMs: true,
  })
  .partial()

export type KeyPatch = z.infer<typeof keyPatchSchema>

export type Grants = {
  keyId: string
  /** As in the record. */
  successorOf?: string
  tier: string
  scopes: Scope[]
  /** Null: every collection. */
  collections: string[] | null
  lookBackDays: number
}

export type Barrier = 'revoked' | 'expired' | 'network'

/** Throws for a tier that the configuration lacks: the key is then refused, never let through. */
export function grantsOf(record: KeyRecord, tiers: Tiers): Grants {
  const tier = tierOf(record, tiers)
  return {
    keyId: record.id,
    ...(record.successorOf === undefined ? {} : { successorOf: record.successorOf }),
    tier: tier.name,
    scopes: record.scopes ?? tier.scopes,
    collections: record.collections,
    lookBackDays: tier.lookBackDays,
  }
}

/** One for all keys that replace each other: whose a status is. */
export function ownerIdOf({ keyId, successorOf }: Pick<Grants, 'keyId' | 'successorOf'>): string {
  return successorOf ?? keyId
}

/** Throws for a tier that the configuration lacks. */
export function limitsOf(record: KeyRecord, tiers: Tiers): Limits {
  const tier = tierOf(record, tiers)
  return {
    unitsPerMinute: record.unitsPerMinute ?? tier.unitsPerMinute,
    unitsPerDay: record.unitsPerDay ?? tier.unitsPerDay,
  }
}

/** Why the key cannot be used at all, whatever is left of its limits. */
export function barrierOf(
  record: KeyRecord,
  clientAddress: string | null,
  nowMs: number,
): Barrier | undefined {
  if (record.revokedAtMs !== null) return 'revoked'
  if (record.expiresAtMs !== null && record.expiresAtMs <= nowMs) return 'expired'
  if (record.networks === null) return undefined
  return isInNetworks(clientAddress ?? '', record.networks) ? undefined : 'network'
}

/** The record with the patch's values; a property left undefined stays as it is. */
export function patched(record: KeyRecord, patch: KeyPatch): KeyRecord {
  const changes = Object.entries(patch).filter(([, value]) => value !== undefined)
  return { ...record, ...Object.fromEntries(changes) }
}

function tierOf(record: KeyRecord, tiers: Tiers): Tier {
  const tier = Object.hasOwn(tiers, record.tier) ? tiers[record.tier] : undefined
  if (tier === undefined) throw new Error(`${record.id} has tier ${record.tier}, not configured`)
  return tier
}
