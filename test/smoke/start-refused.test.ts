// When `npm start` cannot: one clear line, a non-zero exit status, and nothing changed.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  freePort,
  isGone,
  makeDataFolder,
  portIsClosed,
  runStart,
  startServer,
} from './support/server.ts'

const data = makeDataFolder()
const other = makeDataFolder()

beforeAll(async () => {
  const server = await startServer(data.path, { args: ['--no-sample'] })
  await server.end('SIGTERM')
})

afterAll(() => {
  data.remove()
  other.remove()
})

async function refusal(args: string[], env: Record<string, string> = {}): Promise<string> {
  const { exitCode, out, err } = await runStart(['--json', ...args], env)
  expect(exitCode).toBe(1)
  expect(out).toBe('')
  const said = err.replace('Building the Worker\n', '')
  expect(said.trim().split('\n')).toHaveLength(1)
  return said
}

test('says that the port is in use', async () => {
  const port = await freePort()
  const holder = createServer().listen(port, '127.0.0.1')
  const said = await refusal(['--data', data.path, '--port', String(port)])
  holder.close()
  expect(said).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is in use\\. `))
})

test('names a workerd that a killed server left on the port, and ends its own', async () => {
  const args = ['--port', String(await freePort())]
  const killed = await startServer(data.path, { args })
  await killed.end('SIGKILL')
  const said = await refusal(['--data', other.path, ...args])
  expect(said).toContain(`is in use by workerd, process ${killed.runtime.pid}:`)
  const again = await startServer(data.path, { args })
  expect(again.said().err).toContain(`Ending workerd, process ${killed.runtime.pid},`)
  expect(await isGone(killed.runtime)).toBe(true)
  await again.end('SIGTERM')
})

test('leaves no one on the port of its front when it is killed', async () => {
  const args = ['--port', String(await freePort()), '--trusted-proxy', '127.0.0.1']
  const killed = await startServer(data.path, { args })
  await killed.end('SIGKILL')
  expect(await portIsClosed(killed.ready.url)).toBe(true)
  const again = await startServer(data.path, { args })
  expect(again.said().err).toContain(`Ending workerd, process ${killed.runtime.pid},`)
  expect(await isGone(killed.runtime)).toBe(true)
  await again.end('SIGTERM')
})

test('says that the machine has no such address', async () => {
  const said = await refusal(['--data', data.path, '--port', '0', '--host', '203.0.113.1'])
  expect(said).toMatch(/^This machine has no address 203\.0\.113\.1/)
})

test('says that the data folder cannot be made', async () => {
  const file = join(other.path, 'file')
  writeFileSync(file, '')
  expect(await refusal(['--data', join(file, 'data')])).toMatch(/cannot be used: .+/)
  rmSync(file)
})

test.each([
  ['a secret is missing', 'secrets.json', '{}', /secrets\.json lacks KEY_SECRET or ADMIN_TOKEN/],
  ['secrets are damaged', 'secrets.json', 'x', /secrets\.json cannot be used: it is not JSON/],
  ['demo keys are lost', 'demo-keys.json', '{}', /demo-keys\.json is missing or lacks a key/],
  ['its record is damaged', 'state/first-start.json', '{', /first-start\.json cannot be used/],
])('says that %s', async (_case, name, content, message) => {
  const file = join(data.path, name)
  const kept = readFileSync(file)
  writeFileSync(file, content)
  const said = await refusal(['--data', data.path, '--port', '0'])
  writeFileSync(file, kept)
  expect(said).toMatch(message)
})

test('says that a setting is refused', async () => {
  const args = ['--data', data.path, '--port', '0']
  const said = await refusal(args, { PAGE_LIMIT_MAX: 'many' })
  expect(said).toMatch(/^Configuration refused\. PAGE_LIMIT_MAX: /)
})

test('says that a database is damaged', async () => {
  const folder = join(data.path, 'state/d1/miniflare-D1DatabaseObject')
  const name = readdirSync(folder).find((each) => /^[0-9a-f]{64}\.sqlite$/.test(each)) ?? ''
  writeFileSync(join(folder, name), 'not a database'.repeat(1_000))
  const said = await refusal(['--data', data.path, '--port', '0'])
  expect(said).toMatch(/^A database of the state cannot be used: file is not a database\. Restore/)
})

test('does not take an unknown option for one of its own', async () => {
  const { exitCode, out, err } = await runStart(['--frobnicate'])
  expect([exitCode, out]).toEqual([2, ''])
  expect(err).toMatch(/^error: unknown option[^\n]+\n$/)
})
