// What the command line says before and instead of doing something.
import { expect, test } from 'vitest'
import { errorBody } from './support/fake-server.ts'
import { fakeServer, run, TOKEN } from './support/run.ts'

test.each([
  ['nothing at all', []],
  ['an unknown command', ['frobnicate']],
  ['a group without its command', ['key']],
  ['an unknown option', ['key', 'list', '--frobnicate']],
  ['a missing required option', ['key', 'create']],
  ['a missing argument', ['key', 'show']],
  ['an argument too many', ['key', 'list', 'extra']],
  ['a limit that is no number', ['key', 'create', '--tier', 'pro', '--per-minute', 'many']],
  ['an expiry that is no time', ['key', 'create', '--tier', 'pro', '--expires', 'soon']],
  ['a network that is none', ['key', 'create', '--tier', 'pro', '--network', '192.0.2.0/33']],
  ['an audit log of nothing', ['audit', '--limit', '0']],
  ['an expiry in the past', ['key', 'create', '--tier', 'pro', '--expires', '2001-01-01']],
  ['a view that selects nothing', ['collection', 'create', '--title', 'A', '--of', 'feed']],
  ['a selection from nothing', ['collection', 'create', '--title', 'A', '--type', 'tool']],
  ['a URL that is none', ['key', 'list', '--url', 'localhost']],
  ['a token no header can hold', ['key', 'list', '--token', 'a\nb']],
])('refuses %s with exit status 2', async (_case, args) => {
  const { exitCode, out, err } = await run(args)
  expect(exitCode).toBe(2)
  expect(out).toBe('')
  expect(err).not.toBe('')
})

test('prints help with examples and exits with 0', async () => {
  for (const args of [['--help'], ['key', 'create', '--help'], ['import', '--help']]) {
    const { exitCode, out } = await run(args)
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^Usage: /)
    expect(out).toContain('$ npm run')
    expect(out).toContain('TAXII_EDGE_TOKEN')
  }
})

test('needs an operator token where nobody can be asked for one', async () => {
  const { exitCode, err } = await run(['key', 'list'], { env: { TAXII_EDGE_TOKEN: '' } })
  expect(exitCode).toBe(2)
  expect(err).toBe('No operator token: set TAXII_EDGE_TOKEN or give --token\n')
})

test('asks for the token on a terminal', async () => {
  const server = await fakeServer(() => ({ body: { keys: [] } }))
  const env = { TAXII_EDGE_TOKEN: '' }
  const { exitCode } = await run(['key', 'list'], { url: server.url, env, answers: [TOKEN] })
  expect(exitCode).toBe(0)
  expect(server.requests[0]?.authorization).toBe(`Bearer ${TOKEN}`)
})

test('prefers options to the environment, before or after the command', async () => {
  const server = await fakeServer(() => ({ body: { keys: [] } }))
  const shared = ['--url', `${server.url}/`, '--token', 'other', '--json']
  for (const args of [
    ['key', 'list', ...shared],
    [...shared, 'key', 'list'],
  ]) {
    const { exitCode, out } = await run(args, { url: 'http://127.0.0.1:1' })
    expect(exitCode).toBe(0)
    expect(JSON.parse(out)).toEqual({ keys: [] })
  }
  expect(server.requests.map(({ authorization }) => authorization)).toEqual(
    Array(2).fill('Bearer other'),
  )
})

test('says in one line that nothing listens', async () => {
  const { exitCode, err } = await run(['key', 'list'], { url: 'http://127.0.0.1:1' })
  expect(exitCode).toBe(1)
  expect(err).toMatch(/^The server at http:\/\/127\.0\.0\.1:1 cannot be reached: .+\n$/)
})

test('says that the token was refused', async () => {
  const server = await fakeServer(() => ({
    status: 401,
    body: errorBody('invalid_operator_token', 'An operator token is required'),
  }))
  const { exitCode, err } = await run(['key', 'list'], { url: server.url })
  expect(exitCode).toBe(1)
  expect(err).toMatch(/^The server at .+ refused the operator token\. .+\n$/)
})

test("repeats the server's own message with its request id", async () => {
  const body = errorBody('invalid_parameter', 'tier: is not a configured tier')
  const server = await fakeServer(() => ({ status: 400, body }))
  const { exitCode, err } = await run(['key', 'create', '--tier', 'x'], { url: server.url })
  expect(exitCode).toBe(1)
  expect(err).toBe('tier: is not a configured tier (HTTP 400, request id req-1)\n')
})

test.each([
  [['key', 'show', 'key_x'], 'There is no key key_x\n'],
  [['usage', 'key_x'], 'There is no key key_x\n'],
  [['collection', 'delete', 'a/b', '--yes'], 'There is no collection a/b\n'],
  [['operator', 'revoke', 'op_x'], 'There is no operator op_x\n'],
])('names what is not there: %j', async (args, said) => {
  const server = await fakeServer()
  const { exitCode, err } = await run(args, { url: server.url })
  expect([exitCode, err]).toEqual([1, said])
})

test('knows a server of another kind', async () => {
  const server = await fakeServer(() => ({ status: 405, body: ['no'] }))
  const { exitCode, err } = await run(['key', 'list'], { url: server.url })
  expect(exitCode).toBe(1)
  expect(err).toMatch(/HTTP 405 and is probably not a taxii-edge server\n$/)
})
