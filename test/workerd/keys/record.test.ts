import { describe, expect, it } from 'vitest'
import { shippedTiers } from '../../../src/config/tier.ts'
import {
  barrierOf,
  grantsOf,
  keyRecordSchema,
  limitsOf,
  ownerIdOf,
  patched,
} from '../../../src/keys/record.ts'
import { keyRecord, NOON_MS } from './make-key.ts'

describe('a key without own terms', () => {
  it('has those of its tier', () => {
    const record = keyRecord({ tier: 'free' })
    expect(grantsOf(record, shippedTiers)).toEqual({
      keyId: record.id,
      tier: 'free',
      scopes: ['read:iocs'],
      collections: null,
      lookBackDays: 1,
    })
    expect(limitsOf(record, shippedTiers)).toEqual({ unitsPerMinute: 10, unitsPerDay: 1000 })
  })
})

describe('a key with own terms', () => {
  it('has them instead of the tier’s', () => {
    const collections = [crypto.randomUUID()]
    const record = keyRecord({
      tier: 'free',
      scopes: ['write:stix'],
      collections,
      unitsPerMinute: 77,
    })
    expect(grantsOf(record, shippedTiers)).toMatchObject({ scopes: ['write:stix'], collections })
    expect(limitsOf(record, shippedTiers)).toEqual({ unitsPerMinute: 77, unitsPerDay: 1000 })
  })

  it('may have no scope and no collection at all', () => {
    const record = keyRecord({ scopes: [], collections: [] })
    expect(grantsOf(record, shippedTiers)).toMatchObject({ scopes: [], collections: [] })
  })
})

it.each(['gone', 'constructor', 'toString'])(
  'a key of tier %s, not configured, has none',
  (tier) => {
    const record = keyRecord({ tier })
    expect(() => grantsOf(record, shippedTiers)).toThrow(`${record.id} has tier ${tier}`)
    expect(() => limitsOf(record, shippedTiers)).toThrow(`${record.id} has tier ${tier}`)
  },
)

it('a key that replaces another is known under the first of its line', () => {
  const successorOf = 'key_0123456789abcdef'
  expect(ownerIdOf(grantsOf(keyRecord({ successorOf }), shippedTiers))).toBe(successorOf)
  const first = keyRecord()
  expect(ownerIdOf(grantsOf(first, shippedTiers))).toBe(first.id)
})

describe('a key is barred', () => {
  it.each([
    [{}, null, undefined],
    [{ expiresAtMs: NOON_MS + 1 }, null, undefined],
    [{ expiresAtMs: NOON_MS }, null, 'expired'],
    [{ revokedAtMs: NOON_MS - 1 }, null, 'revoked'],
    [{ revokedAtMs: NOON_MS + 1 }, null, 'revoked'],
    [{ revokedAtMs: NOON_MS, expiresAtMs: NOON_MS }, null, 'revoked'],
    [{ networks: ['192.0.2.0/24'] }, '192.0.2.7', undefined],
    [{ networks: ['192.0.2.0/24'] }, '192.0.3.7', 'network'],
    [{ networks: ['192.0.2.0/24'] }, null, 'network'],
    [{ networks: ['192.0.2.0/24'], expiresAtMs: 1 }, '192.0.3.7', 'expired'],
    [{ networks: [] }, '192.0.2.7', 'network'],
  ])('with %o from %s as: %s', (changes, address, barrier) => {
    expect(barrierOf(keyRecord(changes), address, NOON_MS)).toBe(barrier)
  })
})

describe('a record', () => {
  it('is whole with every property, each checked', () => {
    expect(keyRecordSchema.safeParse(keyRecord()).success).toBe(true)
    for (const name of Object.keys(keyRecord())) {
      const { [name as 'id']: _, ...rest } = keyRecord()
      expect(keyRecordSchema.safeParse(rest).success, name).toBe(false)
    }
  })

  it.each([
    [{ id: 'key_short' }, 'id'],
    [{ scopes: ['read:all'] }, 'scopes.0'],
    [{ collections: ['soc-defenders-all'] }, 'collections.0'],
    [{ networks: ['192.0.2.0/24', '300.0.0.0/8'] }, 'networks.1'],
    [{ unitsPerMinute: 0 }, 'unitsPerMinute'],
    [{ unitsPerDay: 0.5 }, 'unitsPerDay'],
    [{ expiresAtMs: -1 }, 'expiresAtMs'],
    [{ lastFour: 'abc' }, 'lastFour'],
  ])('is refused with %o, naming "%s"', (changes, path) => {
    const { error } = keyRecordSchema.safeParse({ ...keyRecord(), ...changes })
    expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path])
  })

  it('is patched where the patch says something, null included', () => {
    const record = keyRecord({ unitsPerMinute: 5, label: 'old' })
    const after = patched(record, { unitsPerMinute: null, label: undefined, owner: 'new' })
    expect(after).toEqual({ ...record, unitsPerMinute: null, owner: 'new' })
  })
})
