// What a key's object writes and when: nothing lost that is a second old, never more than one write
// a second, and no more rows than the history has slots.
import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { ApiKey } from '../../../src/keys/api-key.ts'
import { ask, type KeyStub, keyStub, makeKey, NOON_MS, setClock } from './make-key.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

function passSeconds(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000))
}

async function requestsToday(stub: KeyStub): Promise<number> {
  return (await stub.usage())?.days.at(-1)?.requests ?? 0
}

/** Notes the rows the object writes from here on; the returned function reads them back. */
async function watchWrites(stub: KeyStub): Promise<() => Promise<string[]>> {
  const rows: string[] = []
  await runInDurableObject(stub, (_, { storage }) => {
    const put = storage.put.bind(storage)
    Object.assign(storage, {
      put(row: string, value: unknown, options: DurableObjectPutOptions) {
        rows.push(row)
        return put(row, value, options)
      },
    })
  })
  return () => runInDurableObject(stub, () => rows)
}

describe('eviction', () => {
  it('loses nothing once a second has passed', async () => {
    const { objectName, stub, record } = await makeKey({ unitsPerMinute: 100 })
    await setClock(stub, NOON_MS)
    for (let i = 0; i < 30; i++) await ask(stub, 2.5)
    await stub.report({ objects: 7, bytes: 70, reads: [] })
    await passSeconds(1.1)
    const before = await stub.usage()
    await evictDurableObject(stub)
    const again = keyStub(objectName)
    await setClock(again, NOON_MS)
    expect(await again.usage()).toEqual(before)
    expect(await again.show()).toEqual(record)
    const admission = await again.admit({ thousandths: 0, clientAddress: null })
    expect(admission).toMatchObject({ windows: { minute: { remaining: 25 } } })
  })
})

describe('a crash', () => {
  it('loses nothing that is a second old', async () => {
    const { objectName, stub } = await makeKey()
    for (let i = 0; i < 20; i++) await ask(stub, 1)
    await passSeconds(1.1)
    await abortAllDurableObjects()
    expect(await requestsToday(keyStub(objectName))).toBe(20)
  })

  it('loses no request of a key that asks less than once a second', async () => {
    const { objectName, stub } = await makeKey()
    await ask(stub, 1)
    await abortAllDurableObjects()
    expect(await requestsToday(keyStub(objectName))).toBe(1)
  })

  it('loses at most the last second', async () => {
    const { objectName, stub } = await makeKey()
    for (let i = 0; i < 20; i++) await ask(stub, 1)
    await passSeconds(1.1)
    for (let i = 0; i < 20; i++) await ask(stub, 1)
    await abortAllDurableObjects()
    const remembered = await requestsToday(keyStub(objectName))
    expect(remembered).toBeGreaterThanOrEqual(20)
    expect(remembered).toBeLessThan(40)
  })

  it.each([
    ['creation', async () => {}, {}],
    ['change', (stub: KeyStub) => stub.change({ owner: 'x' }), { owner: 'x' }],
    ['revocation', (stub: KeyStub) => stub.revoke(NOON_MS), { revokedAtMs: NOON_MS }],
    ['expiry', (stub: KeyStub) => stub.expire(NOON_MS), { expiresAtMs: NOON_MS }],
  ])('loses no %s', async (_, act, changes) => {
    const { objectName, stub, record } = await makeKey()
    await act(stub)
    await abortAllDurableObjects()
    expect(await keyStub(objectName).show()).toEqual({ ...record, ...changes })
  })
})

describe('writing', () => {
  it('happens once a second however many ask, and with one row', async () => {
    const { stub } = await makeKey({ unitsPerMinute: 1_000_000 })
    const writes = await watchWrites(stub)
    const startMs = Date.now()
    let requests = 0
    while (Date.now() < startMs + 2500) {
      await Promise.all(Array.from({ length: 50 }, () => ask(stub, 1)))
      requests += 50
    }
    await passSeconds(1.1)
    const seconds = (Date.now() - startMs) / 1000
    const written = (await writes()).filter((row) => row === 'running').length
    expect(requests).toBeGreaterThan(200)
    expect(written).toBeGreaterThanOrEqual(3)
    expect(written).toBeLessThanOrEqual(1 + Math.ceil(seconds))
    expect(await requestsToday(stub)).toBe(requests)
  })

  it('takes one row, and one more when a minute has ended', async () => {
    const { stub } = await makeKey()
    const writes = await watchWrites(stub)
    for (const sinceMs of [0, 1000, 2000, MINUTE_MS, MINUTE_MS + 1000]) {
      await setClock(stub, NOON_MS + sinceMs)
      await ask(stub, 1)
    }
    expect(await writes()).toEqual([...Array(4).fill('running'), 'minute:0', 'running'])
  })

  it('happens at once for the first request, and not at all for none', async () => {
    const { stub } = await makeKey()
    const writes = await watchWrites(stub)
    await ask(stub, 1)
    expect(await writes()).toEqual(['running'])
    await passSeconds(1.2)
    expect(await writes()).toEqual(['running'])
  })

  it('is not held up by a clock that went back', async () => {
    const { objectName, stub } = await makeKey()
    await setClock(stub, NOON_MS)
    await ask(stub, 1)
    await setClock(stub, NOON_MS - DAY_MS)
    await ask(stub, 1)
    await passSeconds(1.1)
    await abortAllDurableObjects()
    const again = keyStub(objectName)
    await setClock(again, NOON_MS)
    expect(await requestsToday(again)).toBe(2)
  })

  it('keeps an hour of minutes and 90 days, across eviction, in no more rows', async () => {
    const { objectName, stub } = await makeKey()
    await runInDurableObject(stub, (key: ApiKey) => {
      const askAt = (nowMs: number) => {
        key.clock = () => nowMs
        key.admit({ thousandths: 1000, clientAddress: null })
      }
      for (let day = 0; day < 200; day++) askAt(NOON_MS + day * DAY_MS)
      for (let minute = 1; minute < 200; minute++)
        askAt(NOON_MS + 199 * DAY_MS + minute * MINUTE_MS)
    })
    await passSeconds(1.1)
    await evictDurableObject(stub)
    const again = keyStub(objectName)
    await setClock(again, NOON_MS + 199 * DAY_MS + 199 * MINUTE_MS)
    const usage = await again.usage()
    expect(usage?.minutes).toHaveLength(60)
    expect(usage?.days).toHaveLength(90)
    await runInDurableObject(again, (_, { storage }) => {
      expect([...storage.kv.list()].length).toBeLessThanOrEqual(2 + 60 + 90)
    })
  })
})
