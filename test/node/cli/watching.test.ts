// The commands that look: usage, the audit log, the operators.
import { expect, test } from 'vitest'
import { COLLECTION } from './support/fake-server.ts'
import { fakeServer, run } from './support/run.ts'

const PERIOD = { start: '2026-01-02T03:04:00.000000Z', requests: 3, units: 6.5, objects: 2_000 }
const USAGE = {
  id: 'key_1',
  last_used: '2026-01-02T03:04:05.000000Z',
  minutes: [{ ...PERIOD, bytes: 1_234, refused: { revoked: 0, minute: 4 } }],
  days: [{ ...PERIOD, requests: 77, bytes: 9_876_543, refused: { revoked: 1, day: 1_200 } }],
  reads: [
    {
      collection: COLLECTION.id,
      position: '2026-01-01T00:00:00.000000Z',
      at: '2026-01-02T03:04:05.000000Z',
      objects_behind: 10_000,
      or_more: true,
      seconds_behind: 200_000,
    },
    {
      collection: 'gone',
      position: '2026-01-01T00:00:00.000000Z',
      at: '2026-01-02T03:04:05.000000Z',
      objects_behind: 0,
      or_more: false,
      seconds_behind: 0,
    },
  ],
}

const LINE = {
  at: '2026-01-02T03:04:05.000000Z',
  operator: 'erin',
  action: 'createKey',
  detail: { id: 'key_1', label: '', tier: 'pro', expires: null, scopes: ['read:stix'] },
}

async function usageServer() {
  return await fakeServer(({ path }) => ({
    body: path.endsWith('/usage/') ? USAGE : { collections: [COLLECTION] },
  }))
}

test('shows usage by day, why requests were refused, and how far behind the reader is', async () => {
  const server = await usageServer()
  const { exitCode, out } = await run(['usage', 'key_1'], { url: server.url })
  expect(exitCode).toBe(0)
  expect(server.requests[0]?.path).toBe('/admin/keys/key_1/usage/')
  expect(out).toContain('77')
  expect(out).toContain('1 revoked, 1,200 day')
  expect(out).toMatch(/feed +2026-01-01 00:00:00Z +2026-01-02 03:04:05Z +10,000 or more +2 d\n/)
  expect(out).toMatch(/gone .+ 0 +at the head\n/)
})

test('shows usage by minute when asked, and whole as JSON', async () => {
  const server = await usageServer()
  const { out } = await run(['usage', 'key_1', '--minutes'], { url: server.url })
  expect(out).toMatch(/2026-01-02 03:04:00Z +3 +6\.5 +2,000 +1,234 +4 minute\n/)
  const json = await run(['usage', 'key_1', '--json'], { url: server.url })
  expect(JSON.parse(json.out)).toEqual(USAGE)
})

test('shows a key that was never used', async () => {
  const body = { id: 'key_1', last_used: null, minutes: [], days: [], reads: [] }
  const server = await fakeServer(() => ({ body: { ...body, collections: [] } }))
  const { out } = await run(['usage', 'key_1'], { url: server.url })
  expect(out).toMatch(/last used +never\n$/)
})

test('reads as many pages of the audit log as it takes', async () => {
  const server = await fakeServer(({ path }) => {
    const query = new URL(path, 'http://localhost').searchParams
    const start = Number(query.get('after') ?? 5_000)
    const limit = Math.min(Number(query.get('limit')), 1_000)
    const lines = Array.from({ length: limit }, (_, n) => ({
      ...LINE,
      id: start - 1 - n,
      subject: 's',
    }))
    return { body: { lines, next: String(start - limit) } }
  })
  const { out } = await run(['audit', '--limit', '2300', '--json'], { url: server.url })
  const ids = JSON.parse(out).lines.map(({ id }: { id: number }) => id)
  expect(ids).toEqual(Array.from({ length: 2_300 }, (_, n) => 4_999 - n))
  expect(server.requests).toHaveLength(3)
})

test('tells of a change only what it set', async () => {
  const server = await fakeServer(() => ({
    body: { lines: [{ ...LINE, id: 1, subject: 'key_1' }] },
  }))
  const { out } = await run(['audit'], { url: server.url })
  expect(out).toMatch(/erin +createKey +key_1 +tier=pro scopes=\["read:stix"\]\n$/)
})

test('makes, lists and revokes operators', async () => {
  const operator = { id: 'op_1', name: 'erin', last_four: 'wxyz', created: LINE.at }
  const server = await fakeServer(({ method, path }) => {
    if (path.endsWith('/revoke/')) return { body: { id: 'op_1' } }
    return method === 'POST'
      ? { status: 201, body: { ...operator, token: 'operator_wxyz' } }
      : { body: { operators: [operator] } }
  })
  const { url } = server
  const made = await run(['operator', 'create', 'erin'], { url })
  expect(made.out).toContain('\noperator_wxyz\n')
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ name: 'erin' })
  const listed = await run(['operator', 'list'], { url })
  expect(listed.out).toMatch(/op_1 +erin +2026-01-02 03:04:05Z +…wxyz\n$/)
  const json = await run(['operator', 'list', '--json'], { url })
  expect(JSON.parse(json.out)).toEqual({ operators: [operator] })
  const revoked = await run(['operator', 'revoke', 'op_1'], { url })
  expect([revoked.exitCode, revoked.out]).toEqual([0, 'Revoked op_1.\n'])
  expect(server.requests.at(-1)).toMatchObject({
    method: 'POST',
    path: '/admin/operators/op_1/revoke/',
  })
})
