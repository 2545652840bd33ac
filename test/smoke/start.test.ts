// `npm start`: how a server begins, ends, and begins again on the same state.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  isGone,
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

type Page = { more: boolean; next?: string; objects: unknown[] }

async function get<Body>(running: RunningServer, path: string): Promise<Body> {
  const { url, keys } = running.ready
  const headers = { Authorization: `Bearer ${keys.pro}` }
  const response = await fetch(`${url}${path}`, { headers })
  return (await response.json()) as Body
}

async function countObjects(running: RunningServer): Promise<number> {
  let count = 0
  let next: string | undefined
  do {
    const query = new URLSearchParams({ limit: '1000', ...(next !== undefined && { next }) })
    const page = await get<Page>(running, `${OBJECTS}?${query}`)
    count += page.objects.length
    next = page.more ? page.next : undefined
  } while (next !== undefined)
  return count
}

const OBJECTS = '/api/taxii2/api/collections/soc-defenders-all/objects/'

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

test.each(['SIGINT', 'SIGTERM'] as const)('ends by %s and keeps everything', async (signal) => {
  const before = server
  const count = await countObjects(before)
  expect(count).toBeGreaterThan(2_000)
  const ended = await before.end(signal)
  expect(ended.exitCode).toBe(0)
  expect(await isGone(before.runtime)).toBe(true)
  expect(await portIsClosed(before.ready.url)).toBe(true)
  expect(existsSync(join(data.path, 'lock.json'))).toBe(false)
  server = await startServer(data.path)
  const { keys, adminToken, collections } = before.ready
  expect(server.ready).toMatchObject({ keys, adminToken, collections })
  expect(await countObjects(server)).toBe(count)
})

test('keeps everything when it is killed, and ends what the kill left behind', async () => {
  const before = server
  const count = await countObjects(before)
  await before.end('SIGKILL')
  server = await startServer(data.path)
  expect(server.ready.keys).toEqual(before.ready.keys)
  expect(await countObjects(server)).toBe(count)
  expect(await isGone(before.runtime)).toBe(true)
})

test('is ended through npm as well', async () => {
  await server.end('SIGTERM')
  const byNpm = await startServer(data.path, { isByNpm: true })
  await byNpm.end('SIGTERM')
  expect(await isGone(byNpm.runtime)).toBe(true)
  expect(await portIsClosed(byNpm.ready.url)).toBe(true)
  server = await startServer(data.path)
})

test('takes settings from the environment', async () => {
  await server.end('SIGTERM')
  const env = { PUBLIC_ORIGIN: 'https://taxii.example.org', PAGE_LIMIT_DEFAULT: '3' }
  server = await startServer(data.path, { env })
  const discovery = await get<{ default: string }>(server, '/taxii2/')
  expect(discovery.default).toMatch(/^https:\/\/taxii\.example\.org\//)
  expect((await get<Page>(server, OBJECTS)).objects).toHaveLength(3)
})

type Line = { event: string; status: number; keyId?: string }

/** Lines of the log that are about requests, once as many are there as are awaited. */
async function requestLines(running: RunningServer, awaited: number): Promise<Line[]> {
  const linesNow = () =>
    running
      .said()
      .err.split('\n')
      .filter((line) => line.startsWith('{"event":"request"'))
      .map((line): Line => JSON.parse(line))
  for (let tries = 0; tries < 100 && linesNow().length < awaited; tries++) await sleep(50)
  return linesNow()
}

test('tells of requests on standard error: of those that failed, or of all', async () => {
  await server.end('SIGTERM')
  server = await startServer(data.path)
  await get(server, OBJECTS)
  await fetch(`${server.ready.url}${OBJECTS}`)
  const failed = await requestLines(server, 1)
  expect(failed).toMatchObject([{ status: 401 }])
  await server.end('SIGTERM')
  server = await startServer(data.path, { args: ['--request-log', 'all'] })
  const before = (await requestLines(server, 0)).length
  const { pro } = server.ready.keys
  await get(server, OBJECTS)
  await fetch(`${server.ready.url}${OBJECTS}?api_key=${pro}`)
  const [byHeader, byQuery] = (await requestLines(server, before + 2)).slice(before)
  expect([byHeader, byQuery]).toMatchObject([{ status: 200 }, { status: 200 }])
  expect(byHeader?.keyId).toBe(byQuery?.keyId)
  const { out, err } = server.said()
  expect(out.split('\n')).toHaveLength(2)
  expect(err).not.toContain(pro)
  expect(err).not.toContain('api_key')
})
