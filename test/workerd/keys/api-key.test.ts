import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { shippedTiers } from '../../../src/config/tier.ts'
import type { ApiKey } from '../../../src/keys/api-key.ts'
import { ask, keyRecord, keyStub, makeKey, NOON_MS, setClock } from './make-key.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

describe('an object without a key', () => {
  it('answers unknown to everything and keeps nothing', async () => {
    const stub = keyStub('nobody')
    expect(await ask(stub, 1)).toBe('unknown')
    await stub.report({ objects: 1, bytes: 1, reads: [] })
    expect(await stub.show()).toBeNull()
    expect(await stub.usage()).toBeNull()
    expect(await stub.change({ label: 'x' })).toBeNull()
    expect(await stub.revoke(NOON_MS)).toBeNull()
    expect(await stub.expire(NOON_MS)).toBeNull()
    await runInDurableObject(stub, (_, { storage }) => {
      expect(storage.sql.exec('SELECT name FROM sqlite_schema').toArray()).toEqual([])
    })
  })
})

describe('a key', () => {
  it('is created once', async () => {
    const stub = keyStub('created once')
    const record = keyRecord()
    expect(await stub.create(record)).toEqual({ created: true })
    expect(await stub.create(keyRecord())).toEqual({ created: false })
    expect(await stub.show()).toEqual(record)
  })

  it('is told its grants and what is left', async () => {
    const { stub, record } = await makeKey({ tier: 'free' })
    await setClock(stub, NOON_MS)
    expect(await stub.admit({ thousandths: 2500, clientAddress: '192.0.2.1' })).toEqual({
      admitted: true,
      grants: {
        keyId: record.id,
        tier: 'free',
        scopes: ['read:iocs'],
        collections: null,
        lookBackDays: 1,
      },
      windows: {
        minute: { limit: 10, remaining: 7, resetAtSeconds: NOON_MS / 1000 + 60 },
        day: { limit: 1000, remaining: 997, resetAtSeconds: (NOON_MS + DAY_MS / 2) / 1000 },
      },
    })
  })

  it.each([
    [{ revokedAtMs: NOON_MS }, 'revoked'],
    [{ expiresAtMs: NOON_MS }, 'expired'],
    [{ networks: ['192.0.2.0/24'] }, 'network'],
  ])('with %o is refused as %s, and told nothing else', async (changes, reason) => {
    const { stub, record } = await makeKey(changes)
    await setClock(stub, NOON_MS)
    const admission = await stub.admit({ thousandths: 1000, clientAddress: '203.0.113.1' })
    expect(admission).toEqual({ admitted: false, reason, keyId: record.id })
    expect((await stub.usage())?.days[0]).toMatchObject({ requests: 0, refused: { [reason]: 1 } })
  })

  it('bound to a network is admitted from there', async () => {
    const { stub } = await makeKey({ networks: ['192.0.2.0/24', '2001:db8::/32'] })
    const admission = await stub.admit({ thousandths: 1000, clientAddress: '2001:db8::7' })
    expect(admission.admitted).toBe(true)
  })

  it('has changed terms from the next request on, its counters kept', async () => {
    const { stub } = await makeKey({ tier: 'free' })
    await setClock(stub, NOON_MS)
    expect(await ask(stub, 10)).toBe(true)
    expect(await ask(stub, 1)).toBe('minute')
    await stub.change({ unitsPerMinute: 12, scopes: ['write:stix'] })
    const admission = await stub.admit({ thousandths: 1000, clientAddress: null })
    expect(admission).toMatchObject({
      admitted: true,
      grants: { scopes: ['write:stix'] },
      windows: { minute: { limit: 12, remaining: 1 } },
    })
  })

  it('follows its tier when the configuration changes', async () => {
    const { stub } = await makeKey({ tier: 'team' })
    await expect(ask(stub, 1)).rejects.toThrow('tier team')
    const team = { ...shippedTiers.pro, name: 'team', unitsPerMinute: 3 }
    await runInDurableObject(stub, (key: ApiKey) => {
      Object.assign(key, { env: { ...env, TIERS: JSON.stringify({ team }) } })
    })
    const admission = await stub.admit({ thousandths: 1000, clientAddress: null })
    expect(admission).toMatchObject({ grants: { tier: 'team' }, windows: { minute: { limit: 3 } } })
  })

  it('stays revoked at the first instant', async () => {
    const { stub } = await makeKey()
    await stub.revoke(NOON_MS)
    expect(await stub.revoke(NOON_MS + 1)).toMatchObject({ revokedAtMs: NOON_MS })
    expect(await ask(stub, 1)).toBe('revoked')
  })

  it('expires when its rotation’s overlap ends, never later than it would', async () => {
    const { stub } = await makeKey()
    expect(await stub.expire(NOON_MS + 1000)).toMatchObject({ expiresAtMs: NOON_MS + 1000 })
    expect(await stub.expire(NOON_MS + 2000)).toMatchObject({ expiresAtMs: NOON_MS + 1000 })
    await setClock(stub, NOON_MS + 999)
    expect(await ask(stub, 1)).toBe(true)
    await setClock(stub, NOON_MS + 1000)
    expect(await ask(stub, 1)).toBe('expired')
  })
})

describe('concurrent requests', () => {
  it.each([50, 200])('%i at once of mixed weights are charged exactly', async (requests) => {
    const { stub } = await makeKey({ unitsPerMinute: 100, unitsPerDay: 100_000 })
    await setClock(stub, NOON_MS)
    const weights = Array.from({ length: requests }, (_, i) => [2500, 1000, 333, 0][i % 4] ?? 0)
    const admissions = await Promise.all(
      weights.map((thousandths) => stub.admit({ thousandths, clientAddress: null })),
    )
    const charged = weights.filter((_, i) => admissions[i]?.admitted)
    const spent = charged.reduce((sum, weight) => sum + weight, 0)
    expect(spent).toBeLessThanOrEqual(100_000)
    const refused = weights.filter((_, i) => !admissions[i]?.admitted)
    for (const weight of refused) expect(spent + weight).toBeGreaterThan(100_000)
    expect(refused.length > 0).toBe(requests === 200)
    const period = (await stub.usage())?.days[0]
    expect(period).toMatchObject({
      requests: charged.length,
      thousandths: spent,
      refused: { minute: refused.length },
    })
  })

  it('admits 400 pages a minute of tier pro, however many ask', async () => {
    const { stub } = await makeKey({ tier: 'pro' })
    await setClock(stub, NOON_MS)
    const answers = await Promise.all(Array.from({ length: 500 }, () => ask(stub, 2.5)))
    expect(answers.filter((answer) => answer === true)).toHaveLength(400)
    expect(await ask(stub, 2.5)).toBe('minute')
    await setClock(stub, NOON_MS + MINUTE_MS)
    expect(await ask(stub, 2.5)).toBe(true)
  })

  it('share the day’s quota, which opens again at midnight UTC', async () => {
    const { stub } = await makeKey({ unitsPerMinute: 60, unitsPerDay: 100 })
    const midnightMs = NOON_MS + DAY_MS / 2
    const askMany = () => Promise.all(Array.from({ length: 60 }, () => ask(stub, 1)))
    await setClock(stub, midnightMs - 2 * MINUTE_MS)
    expect(new Set(await askMany())).toEqual(new Set([true]))
    await setClock(stub, midnightMs - 1)
    const second = await askMany()
    expect(second.filter((answer) => answer === true)).toHaveLength(40)
    expect(second.filter((answer) => answer === 'day')).toHaveLength(20)
    await setClock(stub, midnightMs)
    expect(new Set(await askMany())).toEqual(new Set([true]))
    expect((await stub.usage())?.days.map(({ requests }) => requests)).toEqual([100, 60])
  })
})

describe('a report of what was served', () => {
  it('is counted alone or carried by the next request', async () => {
    const { stub } = await makeKey()
    await setClock(stub, NOON_MS)
    const reads = [{ collectionId: crypto.randomUUID(), positionMs: 5, atMs: NOON_MS }]
    await stub.report({ objects: 100, bytes: 8000, reads: [] })
    const served = { objects: 10, bytes: 800, reads }
    await stub.admit({ thousandths: 1000, clientAddress: null, served })
    expect(await stub.usage()).toMatchObject({
      lastUsedAtMs: NOON_MS,
      minutes: [{ startMs: NOON_MS, requests: 1, thousandths: 1000, objects: 110, bytes: 8800 }],
      reads,
    })
  })
})
