// `key change`: what is sent of a change, and what is none.
import { expect, test } from 'vitest'
import { fakeServer, run } from './support/run.ts'

const KEY = {
  ...{ id: 'key_1', label: '', owner: '', tier: 'pro', scopes: [], collections: null },
  ...{ per_minute: 1, per_day: 1, state: 'active', last_four: 'wxyz' },
  ...{ created: '2026-01-02T03:04:05.000000Z', expires: null, networks: null },
}

test('sends what was named, and null for what goes back to the tier', async () => {
  const server = await fakeServer(() => ({ body: KEY }))
  const named = ['--tier', 'pro', '--label', '', '--scope', 'read:stix', '--per-minute', '0']
  const args = ['key', 'change', 'key_1', ...named, '--reset', 'expires', '--reset', 'per-day']
  const { exitCode, out } = await run(args, { url: server.url })
  expect([exitCode, out]).toEqual([0, expect.stringContaining('key_1')])
  expect(server.requests[0]).toMatchObject({ method: 'PATCH', path: '/admin/keys/key_1/' })
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
    tier: 'pro',
    label: '',
    scopes: ['read:stix'],
    per_minute: 0,
    expires: null,
    per_day: null,
  })
})

test.each([
  ['no change', []],
  ['a reset of something else', ['--reset', 'tier']],
  ['a term both given and reset', ['--per-day', '5', '--reset', 'per-day']],
])('refuses %s with exit status 2, before anything is sent', async (_case, args) => {
  const server = await fakeServer()
  const { exitCode, err } = await run(['key', 'change', 'key_1', ...args], { url: server.url })
  expect(exitCode).toBe(2)
  expect(err).toMatch(/^[^\n]+\n$/)
  expect(server.requests).toEqual([])
})
