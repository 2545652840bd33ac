// A server with two databases: what is in either is there after a restart that does not name them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDataFolder, type RunningServer, runStart, startServer } from './support/server.ts'

const data = makeDataFolder()
let server: RunningServer

beforeAll(async () => {
  server = await startServer(data.path, { args: ['--no-sample', '--databases', '2'] })
})

afterAll(async () => {
  await server.end('SIGTERM')
  data.remove()
})

async function operate(method: string, path: string, body?: object) {
  const { url, adminToken } = server.ready
  const response = await fetch(`${url}/admin${path}`, {
    method,
    headers: { Authorization: `Bearer ${adminToken}` },
    body: body === undefined ? null : JSON.stringify(body),
  })
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever members the answer has
  return (await response.json()) as any
}

async function countIn(alias: string): Promise<number> {
  const { url, keys } = server.ready
  const response = await fetch(`${url}/api/taxii2/api/collections/${alias}/objects/`, {
    headers: { Authorization: `Bearer ${keys.pro}` },
  })
  const { objects } = (await response.json()) as { objects: unknown[] }
  return objects.length
}

test('collections of both are there, and there again', async () => {
  const created = await operate('POST', '/collections/', {
    title: 'Far',
    alias: 'far',
    database: 'DB_2',
  })
  expect(created.database).toBe('DB_2')
  const identity = {
    type: 'identity',
    spec_version: '2.1',
    id: `identity--${crypto.randomUUID()}`,
    created: '2024-05-01T10:00:00.000Z',
    modified: '2024-05-01T10:00:00.000Z',
    name: 'Example',
    identity_class: 'organization',
  }
  await operate('POST', '/collections/far/import/', { objects: [identity] })
  expect([await countIn('far'), await countIn('soc-defenders-all')]).toEqual([1, 0])
  await server.end('SIGTERM')
  server = await startServer(data.path)
  expect([await countIn('far'), await countIn('soc-defenders-all')]).toEqual([1, 0])
  const { databases } = await operate('GET', '/health/')
  expect(databases.map(({ name }: { name: string }) => name)).toEqual(['DB', 'DB_2'])
  expect((await operate('POST', '/housekeeping/')).more_left).toBe(false)
})

test('fewer databases than there are is refused', async () => {
  await server.end('SIGTERM')
  const { exitCode, err } = await runStart(['--data', data.path, '--databases', '1', '--port', '0'])
  expect(exitCode).toBe(1)
  expect(err).toContain('has 2 databases')
  server = await startServer(data.path)
})
