// A tier is what a key of that name may do unless its own record says otherwise. Tiers are the
// operator's configuration: a change applies to every key of the tier at its next request.
import * as z from 'zod'

/** What a key may do: read indicators, read every STIX object, add objects to collections. */
export const scopeSchema = z.enum(['read:iocs', 'read:stix', 'write:stix'])

export type Scope = z.infer<typeof scopeSchema>

export type Tier = {
  name: string
  /** Whole requests of weight 1 in a calendar minute (UTC). */
  unitsPerMinute: number
  /** Whole requests of weight 1 in a calendar day (UTC). */
  unitsPerDay: number
  /** How far back its keys see: a floor on `date_added`. */
  lookBackDays: number
  scopes: Scope[]
}

export type Tiers = Record<string, Tier>

/** A limit in whole units, small enough that its thousandths stay exact integers. */
export const unitsSchema = z.int().min(1).max(1_000_000_000_000)

export const tierNameSchema = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/, {
  message: 'must be a letter, then up to 31 letters, digits, _ or -',
})

const tierSchema = z.strictObject({
  name: z.string().optional(),
  unitsPerMinute: unitsSchema,
  unitsPerDay: unitsSchema,
  lookBackDays: z.int().min(1).max(36_500),
  scopes: z.array(scopeSchema),
})

/** Name → tier. The name is the property's; a `name` inside may repeat it, never differ. */
export const tiersSchema = z
  .record(tierNameSchema, tierSchema)
  .refine((tiers) => Object.keys(tiers).length > 0, { message: 'must have at least one tier' })
  .transform((tiers, context): Tiers => {
    const named = Object.entries(tiers).map(([name, tier]) => {
      if (tier.name !== undefined && tier.name !== name) {
        context.addIssue({
          code: 'custom',
          path: [name, 'name'],
          message: `must be ${name}, or left out`,
        })
      }
      return [name, { ...tier, name }] as const
    })
    return Object.fromEntries(named)
  })

export const shippedTiers = {
  free: {
    name: 'free',
    unitsPerMinute: 10,
    unitsPerDay: 1000,
    lookBackDays: 1,
    scopes: ['read:iocs'],
  },
  pro: {
    name: 'pro',
    unitsPerMinute: 1000,
    unitsPerDay: 1_000_000,
    lookBackDays: 365,
    scopes: ['read:iocs', 'read:stix'],
  },
} satisfies Tiers
