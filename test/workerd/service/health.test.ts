// Liveness and readiness: open to everybody, depending on no key; and faults of ours.
import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { app } from '../../../src/app.ts'
import { ask, requestOf } from '../../support/http.ts'
import { createKey } from '../../support/world.ts'

describe('health', () => {
  it.each(['/health', '/health/', '/health/ready'])('%s is ok', async (path) => {
    const { status, json, headers } = await ask(path)
    expect([status, json]).toEqual([200, { status: 'ok' }])
    expect(headers.get('Cache-Control')).toBe('no-store')
    expect(headers.has('X-RateLimit-Limit')).toBe(false)
  })

  it('names the version that is ready', async () => {
    const { headers } = await ask('/health/ready')
    expect(headers.get('X-Worker-Version')).toBe(env.CF_VERSION_METADATA.id)
    expect(env.CF_VERSION_METADATA.id).toMatch(/^[\w-]+$/)
    const parts = { ...env, CF_VERSION_METADATA: undefined } as unknown as Env
    const unnamed = await app.fetch(requestOf('/health/ready'), parts)
    expect([unnamed.status, unnamed.headers.get('X-Worker-Version')]).toEqual([200, null])
  })

  it.each(['text/html', '*/*', 'application/json'])(
    'answers whoever accepts %s',
    async (Accept) => {
      expect((await ask('/health', { headers: { Accept } })).status).toBe(200)
    },
  )

  const broken = {
    DB: {
      withSession() {
        throw new Error('no database')
      },
    },
    API_KEYS: {
      getByName() {
        throw new Error('no objects')
      },
    },
  }

  it.each(Object.entries(broken))('is alive but not ready without %s', async (binding, value) => {
    const parts = { ...env, [binding]: value } as unknown as Env
    const live = await app.fetch(requestOf('/health'), parts)
    expect(live.status).toBe(200)
    const ready = await app.fetch(requestOf('/health/ready'), parts)
    expect(ready.status).toBe(503)
    expect(ready.headers.get('Retry-After')).toMatch(/^[1-9]\d*$/)
    expect(await ready.json()).toMatchObject({ error: { code: 'unavailable' } })
  })
})

describe('a fault of ours', () => {
  it('is a 500 without detail, in the content type of its path', async () => {
    const parts = {
      ...env,
      get DB(): never {
        throw new Error('secret detail')
      },
    } as unknown as Env
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { key } = await createKey()
    const response = await app.fetch(requestOf('/api/taxii2/api/collections/', { key }), parts)
    const text = await response.text()
    expect(response.status).toBe(500)
    expect(response.headers.get('Content-Type')).toBe('application/taxii+json;version=2.1')
    expect(text).not.toContain('secret')
    const { error } = JSON.parse(text)
    expect(error.code).toBe('internal_error')
    const logged = String(log.mock.calls[0]?.[0])
    expect(logged).toContain('secret detail')
    expect(logged).toContain(error.request_id)
    expect(logged).not.toContain(key)
  })
})
