import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AdmitRequest, ApiKey } from '../../../src/keys/api-key.ts'
import { createKeyClient } from '../../../src/keys/client.ts'
import { makeKey } from './make-key.ts'

const ASK: AdmitRequest = { thousandths: 1000, clientAddress: null }
const REPORT = { objects: 100, bytes: 9000, reads: [] }
const UNAVAILABLE = { admitted: false, reason: 'unavailable', retryAfterSeconds: 5 }

/** What the client logs; the runtime's console cannot be spied on in place. */
const logError = vi.fn()
beforeEach(() => {
  vi.stubGlobal('console', { ...console, error: logError.mockClear() })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** A namespace whose objects fail as told, one answer a call, and then answer. */
function failingNamespace(failures: (Error | 'silence')[]) {
  const calls: AdmitRequest[] = []
  const stub = {
    async admit(request: AdmitRequest) {
      calls.push(request)
      const failure = failures.shift()
      if (failure === 'silence') return new Promise(() => {})
      if (failure !== undefined) throw failure
      return { admitted: false, reason: 'unknown' }
    },
  }
  const namespace = { getByName: () => stub } as unknown as DurableObjectNamespace<ApiKey>
  return { namespace, calls }
}

function platformError(properties: { retryable?: boolean; overloaded?: boolean }): Error {
  return Object.assign(new Error('Network connection lost.'), properties)
}

describe('the client', () => {
  it('admits through the key’s object', async () => {
    const { objectName, record } = await makeKey()
    const admission = await createKeyClient(env.API_KEYS).admit(objectName, ASK)
    expect(admission).toMatchObject({ admitted: true, grants: { keyId: record.id } })
  })

  it('finds the key again after its object was evicted', async () => {
    const { objectName, stub } = await makeKey()
    const client = createKeyClient(env.API_KEYS)
    await client.admit(objectName, ASK)
    await evictDurableObject(stub)
    expect(await client.admit(objectName, ASK)).toMatchObject({ admitted: true })
  })

  it('tries once more after a transient failure', async () => {
    const { namespace, calls } = failingNamespace([platformError({ retryable: true })])
    const admission = await createKeyClient(namespace).admit('a', ASK)
    expect(admission).toEqual({ admitted: false, reason: 'unknown' })
    expect(calls).toEqual([ASK, ASK])
  })

  it('is closed after two transient failures', async () => {
    const failures = [1, 2].map(() => platformError({ retryable: true }))
    const { namespace, calls } = failingNamespace(failures)
    expect(await createKeyClient(namespace).admit('a', ASK)).toEqual(UNAVAILABLE)
    expect(calls).toHaveLength(2)
  })

  it.each([
    ['a fault', {}],
    ['an overload', { retryable: true, overloaded: true }],
  ])('is closed after %s, at once', async (_, properties) => {
    const { namespace, calls } = failingNamespace([platformError(properties)])
    expect(await createKeyClient(namespace).admit('a', ASK)).toEqual(UNAVAILABLE)
    expect(calls).toHaveLength(1)
    expect(logError).toHaveBeenCalledOnce()
  })

  it('is closed when no answer comes in time', async () => {
    const { namespace } = failingNamespace(['silence'])
    const client = createKeyClient(namespace, { deadlineMs: 50 })
    expect(await client.admit('a', ASK)).toEqual(UNAVAILABLE)
  })

  it('is closed for a key whose tier is not configured', async () => {
    const { objectName } = await makeKey({ tier: 'gone' })
    expect(await createKeyClient(env.API_KEYS).admit(objectName, ASK)).toEqual(UNAVAILABLE)
  })
})

describe('what was served', () => {
  it('travels with the key’s next request, once', async () => {
    const { namespace, calls } = failingNamespace([])
    const client = createKeyClient(namespace)
    client.served('a', REPORT)
    client.served('a', REPORT)
    await client.admit('b', ASK)
    await client.admit('a', ASK)
    await client.admit('a', ASK)
    expect(calls).toEqual([
      ASK,
      { ...ASK, served: { ...REPORT, objects: 200, bytes: 18_000 } },
      ASK,
    ])
  })

  it('is kept when the request that carried it failed', async () => {
    const { namespace, calls } = failingNamespace([platformError({})])
    const client = createKeyClient(namespace)
    client.served('a', REPORT)
    await client.admit('a', ASK)
    await client.admit('a', ASK)
    expect(calls[1]).toEqual({ ...ASK, served: REPORT })
  })

  it('is flushed when no request comes, in one call for all that wait', async () => {
    const { objectName, stub } = await makeKey()
    const client = createKeyClient(env.API_KEYS)
    client.served(objectName, REPORT)
    const flushing = client.flush(50)
    client.served(objectName, REPORT)
    await client.flush(50)
    expect((await stub.usage())?.days).toEqual([])
    await flushing
    await client.flush(0)
    expect((await stub.usage())?.days).toMatchObject([{ objects: 200, bytes: 18_000 }])
  })

  it('is kept when a flush failed', async () => {
    const { objectName, stub } = await makeKey()
    const failing = vi.spyOn(env.API_KEYS, 'getByName').mockImplementationOnce(() => {
      throw platformError({})
    })
    const client = createKeyClient(env.API_KEYS)
    client.served(objectName, REPORT)
    await client.flush(0)
    expect(failing).toHaveBeenCalledOnce()
    await client.flush(0)
    expect((await stub.usage())?.days).toMatchObject([{ objects: 100 }])
  })

  it('is held for a thousand keys, and forgotten of the one that waited longest', async () => {
    const { namespace, calls } = failingNamespace([])
    const client = createKeyClient(namespace)
    for (let i = 0; i <= 1000; i++) client.served(`key ${i}`, REPORT)
    await client.admit('key 0', ASK)
    await client.admit('key 1', ASK)
    expect(calls).toEqual([ASK, { ...ASK, served: REPORT }])
  })
})
