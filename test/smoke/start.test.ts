// `npm start`: how a server begins, ends, and begins again on the same state.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  lingeringRuntimes,
  makeDataFolder,
  portIsClosed,
  type RunningServer,
  runStart,
  startServer,
} from './support/server.ts'

const data = makeDataFolder()
let server: RunningServer

beforeAll(async () => {
  server = await startServer(data.path)
})

afterAll(async () => {
  await server.end('SIGTERM')
  data.remove()
})

async function countObjects(running: RunningServer): Promise<number> {
  const { url, keys } = running.ready
  let count = 0
  let next: string | undefined
  do {
    const query = new URLSearchParams({ limit: '1000', ...(next !== undefined && { next }) })
    const page = await fetch(
      `${url}/api/taxii2/api/collections/soc-defenders-all/objects/?${query}`,
      { headers: { Authorization: `Bearer ${keys.pro}` } },
    ).then((response) => response.json())
    count += page.objects.length
    next = page.more ? page.next : undefined
  } while (next !== undefined)
  return count
}

test('prints one line of JSON and nothing else on standard output', () => {
  const { out } = server.said()
  expect(out.split('\n')).toHaveLength(2)
  expect(JSON.parse(out)).toEqual({
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    discovery: `${server.ready.url}/taxii2/`,
    adminToken: expect.stringMatching(/^\S{32,}$/),
    keys: {
      pro: expect.stringMatching(/^\w+$/),
      free: expect.stringMatching(/^\w+$/),
      writer: expect.stringMatching(/^\w+$/),
    },
    collections: expect.arrayContaining(
      ['soc-defenders-all', 'soc-defenders-hashes', 'soc-defenders-network'].map((alias) =>
        expect.objectContaining({ alias }),
      ),
    ),
  })
})

test('refuses a second server on the same data', async () => {
  const { exitCode, err } = await runStart(['--data', data.path, '--port', '0'])
  expect(exitCode).toBe(1)
  expect(err).toMatch(/^The data folder .+ is in use by another server, process \d+\. .+\n$/)
})

test('keeps everything when it is ended and started again', async () => {
  const before = server.ready
  const count = await countObjects(server)
  expect(count).toBeGreaterThan(2_000)
  const ended = await server.end('SIGINT')
  expect(ended.exitCode).toBe(0)
  expect(await lingeringRuntimes(before.url)).toEqual([])
  expect(await portIsClosed(before.url)).toBe(true)
  expect(existsSync(join(data.path, 'lock.json'))).toBe(false)
  server = await startServer(data.path)
  const { keys, adminToken, collections } = server.ready
  expect({ keys, adminToken, collections }).toEqual({
    keys: before.keys,
    adminToken: before.adminToken,
    collections: before.collections,
  })
  expect(await countObjects(server)).toBe(count)
})

test('keeps everything when it is killed, and ends what the kill left behind', async () => {
  const before = server.ready
  const count = await countObjects(server)
  await server.end('SIGKILL')
  server = await startServer(data.path)
  expect(server.ready.keys).toEqual(before.keys)
  expect(await countObjects(server)).toBe(count)
  expect(await portIsClosed(before.url)).toBe(true)
})

test('is ended through npm as well', async () => {
  await server.end('SIGTERM')
  const byNpm = await startServer(data.path, [], { isByNpm: true })
  await byNpm.end('SIGTERM')
  expect(await portIsClosed(byNpm.ready.url)).toBe(true)
  expect(await lingeringRuntimes(byNpm.ready.url)).toEqual([])
  server = await startServer(data.path)
})

test('takes settings from the environment', async () => {
  await server.end('SIGTERM')
  const env = { PUBLIC_ORIGIN: 'https://taxii.example.org', PAGE_LIMIT_DEFAULT: '3' }
  server = await startServer(data.path, [], { env })
  const { url, keys } = server.ready
  const headers = { Authorization: `Bearer ${keys.pro}` }
  const discovery = await fetch(`${url}/taxii2/`, { headers }).then((response) => response.json())
  expect(discovery.default).toMatch(/^https:\/\/taxii\.example\.org\//)
  const objects = `${url}/api/taxii2/api/collections/soc-defenders-all/objects/`
  const page = await fetch(objects, { headers }).then((response) => response.json())
  expect(page.objects).toHaveLength(3)
})

test('says in one line that the port is in use', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  const other = makeDataFolder()
  try {
    await new Promise((resolve) => holder.once('listening', resolve))
    const port = String((holder.address() as { port: number }).port)
    const { exitCode, out, err } = await runStart(['--data', other.path, '--port', port])
    expect(exitCode).toBe(1)
    expect(out).toBe('')
    expect(err).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is in use\\. .+\\n$`))
  } finally {
    holder.close()
    other.remove()
  }
})

test('names a workerd that has the port', async () => {
  const other = makeDataFolder()
  const { port } = new URL(server.ready.url)
  const named = await runStart(['--data', other.path, '--port', port])
  other.remove()
  expect(named.exitCode).toBe(1)
  expect(named.err).toMatch(/is in use/)
})

test.each([
  ['a secret is missing', 'secrets.json', '{}', /secrets\.json lacks KEY_SECRET or ADMIN_TOKEN/],
  ['secrets are damaged', 'secrets.json', 'x', /secrets\.json cannot be used: it is not JSON/],
  ['demo keys are lost', 'demo-keys.json', '{}', /demo-keys\.json is missing or lacks a key/],
])('says in one line that %s', async (_case, name, content, message) => {
  await server.end('SIGTERM')
  const file = join(data.path, name)
  const kept = readFileSync(file)
  writeFileSync(file, content)
  const { exitCode, out, err } = await runStart(['--data', data.path, '--port', '0', '--json'])
  writeFileSync(file, kept)
  server = await startServer(data.path)
  expect(exitCode).toBe(1)
  expect(out).toBe('')
  expect(err).toMatch(message)
  expect(err.replace('Building the Worker\n', '').trim().split('\n')).toHaveLength(1)
})
