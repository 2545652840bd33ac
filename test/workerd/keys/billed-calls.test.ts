// What Durable Objects bill for a key in use. docs/scale.md reckons with these figures: whoever changes
// one here changes it there.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { ApiKey } from '../../../src/keys/api-key.ts'
import { createKeyClient } from '../../../src/keys/client.ts'
import { ROOT } from '../../support/http.ts'
import { indicators } from '../../support/stix.ts'
import { workerUnder } from '../../support/watched.ts'
import { createCollection, createReader, importObjects } from '../../support/world.ts'
import { makeKey, NOON_MS, setClock } from './make-key.ts'

describe('calls to keys’ objects', () => {
  /** Answers as `env.API_KEYS` does, and notes which methods were called. */
  function counting() {
    const calls: string[] = []
    const getByName = (name: string) => {
      const stub = env.API_KEYS.getByName(name)
      const call = (method: 'admit' | 'report') => async (asked: never) => {
        calls.push(method)
        return await stub[method](asked)
      }
      return { admit: call('admit'), report: call('report') }
    }
    return { namespace: { getByName } as unknown as DurableObjectNamespace<ApiKey>, calls }
  }

  it('one for each request, which carries what the one before was served', async () => {
    const key = await createReader()
    const collection = await createCollection()
    await importObjects(collection, indicators(10))
    const { namespace, calls } = counting()
    const { ask } = workerUnder({ API_KEYS: namespace })
    for (let limit = 1; limit <= 5; limit++) {
      await ask(`${ROOT}/collections/${collection.id}/objects/?limit=${limit}`, { key })
    }
    expect(calls).toEqual(Array(5).fill('admit'))
  })

  it('one more when no further request came to carry it', async () => {
    const { namespace, calls } = counting()
    const client = createKeyClient(namespace)
    client.served('somebody', { objects: 1, bytes: 1, reads: [] })
    await client.flush(0)
    expect(calls).toEqual(['report'])
  })
})

describe('what a key’s object stores', () => {
  const MINUTE_MS = 60_000
  const DAY_MS = 86_400_000

  it('a row for a call, and one more when it is the first of a minute', async () => {
    const { stub } = await makeKey()
    const rows = await runInDurableObject(stub, (_, { storage }) => {
      const put = storage.put.bind(storage)
      const written: string[] = []
      const noting = async (row: string, value: unknown) => {
        written.push(row)
        await put(row, value)
      }
      Object.assign(storage, { put: noting })
      return written
    })
    for (let call = 0; call < 4; call++) {
      await setClock(stub, NOON_MS + call * (MINUTE_MS / 2))
      await stub.admit({ thousandths: 1, clientAddress: null })
    }
    const perMinute = rows.filter((row) => row.startsWith('minute:'))
    expect([rows.length, perMinute.length]).toEqual([5, 1])
  })

  it('takes under 64 kB after months of use', async () => {
    const { stub } = await makeKey()
    const reads = Array.from({ length: 64 }, () => ({
      collectionId: crypto.randomUUID(),
      positionMs: NOON_MS,
      atMs: NOON_MS,
    }))
    const served = { objects: 123_456, bytes: 123_456_789, reads }
    const instants = [
      ...Array.from({ length: 95 }, (_, day) => NOON_MS + day * DAY_MS),
      ...Array.from({ length: 65 }, (_, minute) => NOON_MS + 95 * DAY_MS + minute * MINUTE_MS),
    ]
    for (const ms of instants) {
      await setClock(stub, ms)
      await stub.admit({ thousandths: 2_500, clientAddress: null, served })
    }
    const bytes = await runInDurableObject(stub, (_, { storage }) => storage.sql.databaseSize)
    expect(bytes).toBeLessThan(64_000)
  })
})
