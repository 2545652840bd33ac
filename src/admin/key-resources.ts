// API keys on the wire of the operator's API: what is asked for, and how a key is shown.
import * as z from 'zod'
import type { Config } from '../config/config.ts'
import { scopeSchema, unitsSchema } from '../config/tier.ts'
import { formatNetwork, parseNetwork } from '../keys/networks.ts'
import type { KeyRecord } from '../keys/record.ts'
import { formatMillis } from '../stix/timestamp.ts'
import { instantMs } from './instant.ts'

/** Or a single address; kept in one way of writing it. */
const network = z.string().transform((text, context) => {
  const parsed = parseNetwork(text)
  if (parsed !== undefined) return formatNetwork(parsed)
  const message = 'must be a network such as 192.0.2.0/24 or 2001:db8::/32, or an address'
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

const terms = {
  label: z.string().max(200),
  owner: z.string().max(200),
  scopes: z.array(scopeSchema).min(1).nullable(),
  collections: z.array(z.string()).min(1).max(1000).nullable(),
  per_minute: unitsSchema.nullable(),
  per_day: unitsSchema.nullable(),
  expires: instantMs.nullable(),
  networks: z.array(network).min(1).max(100).nullable(),
}

/** Null, or left out: as the tier has it. */
export const newKey = z
  .strictObject({
    tier: z.string(),
    label: terms.label.default(''),
    owner: terms.owner.default(''),
    scopes: terms.scopes.default(null),
    collections: terms.collections.default(null),
    per_minute: terms.per_minute.default(null),
    per_day: terms.per_day.default(null),
    expires: terms.expires.default(null),
    networks: terms.networks.default(null),
  })
  .meta({ id: 'NewKey' })

/** What is left out stays as it is. */
export const keyChange = z
  .strictObject({ tier: z.string(), ...terms })
  .partial()
  .meta({ id: 'KeyChange' })

export const rotation = z
  .strictObject({
    /** How long the old key stays valid beside the new one. */
    overlap_seconds: z
      .int()
      .min(0)
      .max(90 * 86_400)
      .default(0),
  })
  .meta({ id: 'KeyRotation' })

export const keyState = z
  .object({
    id: z.string(),
    label: z.string(),
    owner: z.string(),
    tier: z.string(),
    scopes: z.array(z.string()),
    collections: z.array(z.uuid()).nullable(),
    per_minute: z.number(),
    per_day: z.number(),
    state: z.enum(['active', 'expired', 'revoked']),
    last_four: z.string(),
    created: z.string(),
    expires: z.string().nullable(),
    networks: z.array(z.string()).nullable(),
  })
  .meta({ id: 'KeyState' })

export const issuedKey = keyState
  .extend({
    /** The token, shown this once. */
    key: z.string(),
  })
  .meta({ id: 'IssuedKey' })

export type KeyState = z.infer<typeof keyState>
export type IssuedKey = z.infer<typeof issuedKey>

export function keyStateOf(record: KeyRecord, tiers: Config['tiers'], nowMs: number): KeyState {
  const tier = Object.hasOwn(tiers, record.tier) ? tiers[record.tier] : undefined
  return {
    id: record.id,
    label: record.label,
    owner: record.owner,
    tier: record.tier,
    scopes: record.scopes ?? tier?.scopes ?? [],
    collections: record.collections,
    per_minute: record.unitsPerMinute ?? tier?.unitsPerMinute ?? 0,
    per_day: record.unitsPerDay ?? tier?.unitsPerDay ?? 0,
    state: stateOf(record, nowMs),
    last_four: record.lastFour,
    created: formatMillis(record.createdAtMs),
    expires: record.expiresAtMs === null ? null : formatMillis(record.expiresAtMs),
    networks: record.networks,
  }
}

function stateOf({ revokedAtMs, expiresAtMs }: KeyRecord, nowMs: number): KeyState['state'] {
  if (revokedAtMs !== null) return 'revoked'
  return expiresAtMs !== null && expiresAtMs <= nowMs ? 'expired' : 'active'
}
