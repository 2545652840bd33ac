import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiKey } from '../../../src/keys/api-key.ts'
import { ask, operate, ROOT } from '../../support/http.ts'
import { indicators } from '../../support/stix.ts'
import { createCollection, createKey, importObjects } from '../../support/world.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

describe('admission', () => {
  it('takes one call to one object per request, usage included', async () => {
    const collection = await createCollection()
    await importObjects(collection, indicators(5))
    const { key } = await createKey()
    const admit = vi.spyOn(ApiKey.prototype, 'admit')
    const others = (['show', 'report', 'usage', 'change'] as const).map((name) =>
      vi.spyOn(ApiKey.prototype, name),
    )
    const path = `${ROOT}/collections/${collection.id}/objects/`
    for (let i = 0; i < 20; i++)
      expect((await ask(`${path}?limit=${i + 1}`, { key })).status).toBe(200)
    expect(admit).toHaveBeenCalledTimes(20)
    for (const other of others) expect(other).not.toHaveBeenCalled()
  })

  it('asks no object about a token that was not made here', async () => {
    const admit = vi.spyOn(ApiKey.prototype, 'admit')
    for (let i = 0; i < 50; i++) {
      const key = `taxii_${crypto.randomUUID().replaceAll('-', '')}abcdef`
      expect((await ask(`${ROOT}/collections/`, { key })).status).toBe(401)
    }
    expect(admit).not.toHaveBeenCalled()
  })

  it('refuses a revoked key though its page lies finished in memory', async () => {
    const collection = await createCollection()
    await importObjects(collection, indicators(5))
    const { id, key } = await createKey()
    const path = `${ROOT}/collections/${collection.id}/objects/`
    const headers = { 'Accept-Encoding': 'gzip' }
    for (let i = 0; i < 3; i++) expect((await ask(path, { key, headers })).status).toBe(200)
    await operate('POST', `/keys/${id}/revoke/`)
    expect((await ask(path, { key, headers })).status).toBe(401)
  })

  it('is refused with 503 when the key cannot be asked', async () => {
    const { key } = await createKey()
    vi.spyOn(ApiKey.prototype, 'admit').mockImplementation(() => {
      throw new Error('out of reach')
    })
    const { status, headers, json } = await ask(`${ROOT}/collections/`, { key })
    expect([status, json.error.code]).toEqual([503, 'unavailable'])
    expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
  })

  it('is open to no operator token, nor the operator API to a key', async () => {
    expect((await ask(`${ROOT}/collections/`, { key: env.ADMIN_TOKEN })).status).toBe(401)
    const { key } = await createKey({ scopes: ['read:iocs', 'read:stix', 'write:stix'] })
    expect((await ask('/admin/keys/', { key })).status).toBe(401)
  })
})
