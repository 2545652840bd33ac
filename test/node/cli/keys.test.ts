// The key commands: what they ask of the server, and what they show.
import { expect, test } from 'vitest'
import { fakeServer, run } from './support/run.ts'

const KEY = {
  id: 'key_0123456789abcdef',
  label: 'SIEM',
  owner: 'Example Ltd',
  tier: 'pro',
  scopes: ['read:iocs', 'read:stix'],
  collections: null,
  per_minute: 1000,
  per_day: 1_000_000,
  state: 'active',
  last_four: 'wxyz',
  created: '2026-01-02T03:04:05.000000Z',
  expires: null,
  networks: null,
}
const ISSUED = { ...KEY, key: 'taxii_not-a-real-one_wxyz' }

test('creates a key with all its terms', async () => {
  const server = await fakeServer(() => ({ status: 201, body: ISSUED }))
  const args = [
    'key',
    'create',
    '--tier',
    'pro',
    '--label',
    'SIEM',
    '--owner',
    'Example Ltd',
    '--scope',
    'read:iocs',
    '--scope',
    'read:stix',
    '--collection',
    'feed',
    '--collection',
    'other',
    '--per-minute',
    '5',
    '--per-day',
    '500',
    '--expires',
    '2999-01-31',
    '--network',
    '192.0.2.0/24',
    '--json',
  ]
  const { exitCode, out } = await run(args, { url: server.url })
  expect(exitCode).toBe(0)
  expect(JSON.parse(out)).toEqual(ISSUED)
  const [request] = server.requests
  expect([request?.method, request?.path]).toEqual(['POST', '/admin/keys/'])
  expect(JSON.parse(request?.body ?? '')).toEqual({
    tier: 'pro',
    label: 'SIEM',
    owner: 'Example Ltd',
    scopes: ['read:iocs', 'read:stix'],
    collections: ['feed', 'other'],
    per_minute: 5,
    per_day: 500,
    expires: '2999-01-31T00:00:00Z',
    networks: ['192.0.2.0/24'],
  })
})

test('sends only the terms that were given', async () => {
  const server = await fakeServer(() => ({ status: 201, body: ISSUED }))
  const { out } = await run(['key', 'create', '--tier', 'free'], { url: server.url })
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ tier: 'free' })
  expect(out).toContain(`\n${ISSUED.key}\n`)
  expect(out).toContain('cannot be shown again')
})

test('takes an expiry as a span from now', async () => {
  const server = await fakeServer(() => ({ status: 201, body: ISSUED }))
  await run(['key', 'create', '--tier', 'pro', '--expires', '30d'], { url: server.url })
  const { expires } = JSON.parse(server.requests[0]?.body ?? '')
  const days = (Date.parse(expires) - Date.now()) / 86_400_000
  expect(days).toBeGreaterThan(29.9)
  expect(days).toBeLessThanOrEqual(30)
})

test('lists keys as a table, and as JSON for programs', async () => {
  const server = await fakeServer(() => ({
    body: { keys: [KEY, { ...KEY, label: 'a\u001b[2J' }] },
  }))
  const { out } = await run(['key', 'list'], { url: server.url })
  expect(out.split('\n')).toHaveLength(4)
  expect(out).toMatch(/^ID +TIER +STATE +LABEL/)
  expect(out).toContain('key_0123456789abcdef  pro   active  SIEM')
  expect(out).not.toContain('\u001b')
  const json = await run(['key', 'list', '--json'], { url: server.url })
  expect(JSON.parse(json.out).keys).toHaveLength(2)
})

test('shows, revokes and rotates a key by its id', async () => {
  const server = await fakeServer(({ path }) => ({ body: path.endsWith('rotate/') ? ISSUED : KEY }))
  const show = await run(['key', 'show', KEY.id], { url: server.url })
  const revoke = await run(['key', 'revoke', KEY.id], { url: server.url })
  const rotate = await run(['key', 'rotate', KEY.id, '--overlap', '60'], { url: server.url })
  expect([show.exitCode, revoke.exitCode, rotate.exitCode]).toEqual([0, 0, 0])
  expect(server.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
    ['GET', `/admin/keys/${KEY.id}/`, ''],
    ['POST', `/admin/keys/${KEY.id}/revoke/`, ''],
    ['POST', `/admin/keys/${KEY.id}/rotate/`, '{"overlap_seconds":60}'],
  ])
  expect(show.out).toContain('1,000 a minute, 1,000,000 a day')
  expect(rotate.out).toContain(ISSUED.key)
})

test.each([
  ['90', 90],
  ['30m', 1_800],
  ['12h', 43_200],
  ['7d', 604_800],
  ['0', 0],
])('takes an overlap of %s as %i seconds', async (overlap, seconds) => {
  const server = await fakeServer(() => ({ body: ISSUED }))
  await run(['key', 'rotate', KEY.id, '--overlap', overlap], { url: server.url })
  expect(server.requests[0]?.body).toBe(JSON.stringify({ overlap_seconds: seconds }))
})

test.each(['', '7 d', '-1', '1.5h', '7w', 'd', '7D', '100000d'])(
  'refuses an overlap of %j',
  async (overlap) => {
    const server = await fakeServer()
    const { exitCode, err } = await run(['key', 'rotate', KEY.id, '--overlap', overlap], {
      url: server.url,
    })
    expect([exitCode, server.requests]).toEqual([2, []])
    expect(err).toContain('Give a span such as 7d, 12h or 30m')
  },
)

test('keeps an id within its part of the path', async () => {
  const server = await fakeServer()
  await run(['key', 'show', '../collections/'], { url: server.url })
  expect(server.requests[0]?.path).toBe('/admin/keys/..%2Fcollections%2F/')
})
