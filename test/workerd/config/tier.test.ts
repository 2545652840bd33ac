import { describe, expect, it } from 'vitest'
import { shippedTiers, tiersSchema } from '../../../src/config/tier.ts'

const TEAM = { unitsPerMinute: 60, unitsPerDay: 5000, lookBackDays: 30, scopes: ['read:stix'] }

describe('tiers', () => {
  it('are shipped with the published limits', () => {
    expect(tiersSchema.parse(shippedTiers)).toEqual({
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
    })
  })

  it('take their name from the property', () => {
    expect(tiersSchema.parse({ team: TEAM })).toEqual({ team: { ...TEAM, name: 'team' } })
  })

  it.each([
    [{}, ''],
    [[], ''],
    [{ 'a b': TEAM }, 'a b'],
    [{ team: { ...TEAM, name: 'other' } }, 'team.name'],
    [{ team: { ...TEAM, unitsPerMinute: 0 } }, 'team.unitsPerMinute'],
    [{ team: { ...TEAM, unitsPerMinute: 2.5 } }, 'team.unitsPerMinute'],
    [{ team: { ...TEAM, unitsPerDay: '5000' } }, 'team.unitsPerDay'],
    [{ team: { ...TEAM, unitsPerDay: 1e15 } }, 'team.unitsPerDay'],
    [{ team: { ...TEAM, lookBackDays: undefined } }, 'team.lookBackDays'],
    [{ team: { ...TEAM, scopes: ['read:stix', 'read:all'] } }, 'team.scopes.1'],
    [{ team: { ...TEAM, perMinute: 3 } }, 'team'],
  ])('are refused as %o, naming "%s"', (tiers, path) => {
    const { error } = tiersSchema.safeParse(tiers)
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path])
  })
})
