// `--service`: what a service manager sees of a server, and whom the server believes about where a
// request comes from.
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAhead } from '../../cli/project/built-worker.ts'
import { RELEASE } from '../../cli/release.ts'
import {
  type Ended,
  makeDataFolder,
  PROJECT_ROOT,
  type RunningService,
  runStart,
  startService,
} from './support/server.ts'

const data = makeDataFolder()
const outside = makeDataFolder()
const told = join(outside.path, 'told')
const ADMIN_TOKEN = 'token-of-a-smoke-test-'.repeat(2)
let service: RunningService
let ended: Ended

/** In the place of systemd's own: notes what it is given. */
function makeSystemdNotify(): string {
  const program = join(outside.path, 'systemd-notify')
  writeFileSync(program, `#!/bin/sh\necho "$@" >> ${told}\n`)
  chmodSync(program, 0o755)
  return outside.path
}

type Asked = { path: string; token?: string; json?: unknown; headers?: Record<string, string> }

async function ask<Body>({ path, token = ADMIN_TOKEN, json, headers }: Asked) {
  const response = await fetch(`${service.url}${path}`, {
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...headers },
    ...(json !== undefined && { method: 'POST', body: JSON.stringify(json) }),
  })
  return { status: response.status, body: (await response.json()) as Body }
}

const settings = join(outside.path, 'taxii.env')
const worker = join(outside.path, 'worker')
const start = async (args: string[] = []) =>
  await startService(data.path, {
    args: ['--env-file', settings, '--worker', worker, ...args],
    env: { NOTIFY_SOCKET: '/run/none', PATH: `${makeSystemdNotify()}:${process.env.PATH}` },
  })

beforeAll(async () => {
  await buildAhead(PROJECT_ROOT, worker)
  writeFileSync(settings, `ADMIN_TOKEN=${ADMIN_TOKEN}\nSERVER_TITLE="A service"\n`, { mode: 0o600 })
  service = await start(['--trusted-proxy', '127.0.0.1'])
})

afterAll(() => {
  data.remove()
  outside.remove()
})

test('begins without collections and keys, under the settings of the file', async () => {
  expect(await ask({ path: '/admin/collections/' })).toEqual({
    status: 200,
    body: { collections: [] },
  })
  expect((await ask({ path: '/admin/keys/' })).body).toEqual({ keys: [] })
  const { key } = (await ask<{ key: string }>({ path: '/admin/keys/', json: { tier: 'pro' } })).body
  const discovery = await ask<{ title: string }>({ path: '/taxii2/', token: key })
  expect(discovery.body.title).toBe('A service')
  expect(existsSync(join(data.path, 'demo-keys.json'))).toBe(false)
})

test('keeps its state where nobody else can look', () => {
  expect(statSync(data.path).mode & 0o077).toBe(0)
  for (const name of readdirSync(data.path).filter((each) => each.endsWith('.json'))) {
    expect([name, statSync(join(data.path, name)).mode & 0o077]).toEqual([name, 0])
  }
})

test('believes a trusted proxy about the address of a client, and nobody else', async () => {
  const networks = ['203.0.113.0/24']
  const { body } = await ask<{ key: string }>({
    path: '/admin/keys/',
    json: { tier: 'pro', networks },
  })
  const from = async (headers: Record<string, string>) =>
    (await ask({ path: '/taxii2/', token: body.key, headers })).status
  expect(await from({ 'X-Forwarded-For': '203.0.113.7' })).toBe(200)
  expect(await from({ 'X-Forwarded-For': '198.51.100.7, 203.0.113.7' })).toBe(200)
  expect(await from({ 'X-Forwarded-For': '203.0.113.7, 198.51.100.7' })).toBe(403)
  expect(await from({ 'X-Forwarded-For': 'unknown' })).toBe(403)
  expect(await from({ 'CF-Connecting-IP': '203.0.113.7' })).toBe(403)
  expect(await from({ 'X-Forwarded-Host': 'other.example' })).toBe(403)
  await service.end('SIGTERM')
  service = await start()
  expect(await from({ 'X-Forwarded-For': '203.0.113.7' })).toBe(403)
  expect(await from({ 'CF-Connecting-IP': '203.0.113.7' })).toBe(403)
})

test('says events in lines of JSON, prints nothing, and tells no secret', async () => {
  const { keys } = (await ask<{ keys: { id: string }[] }>({ path: '/admin/keys/' })).body
  expect(keys.length).toBe(2)
  ended = await service.end('SIGTERM')
  expect([ended.exitCode, ended.out]).toEqual([0, ''])
  expect(service.events().at(0)).toMatchObject({ event: 'ready', release: RELEASE })
  const names = service.events().map(({ event }) => event)
  expect(names.at(0)).toBe('ready')
  expect(names.slice(-2)).toEqual(['stopping', 'stopped'])
  expect(ended.err).not.toContain(ADMIN_TOKEN)
  const kept = JSON.parse(readFileSync(join(data.path, 'secrets.json'), 'utf8'))
  expect(kept.ADMIN_TOKEN).toBeUndefined()
  expect(ended.err).not.toContain(kept.KEY_SECRET)
})

test('tells systemd when it is ready and when it ends', () => {
  const lines = readFileSync(told, 'utf8').trimEnd().split('\n')
  expect(lines).toEqual(['READY=1', 'STOPPING=1', 'READY=1', 'STOPPING=1'])
})

test.each([
  ['a Worker of other sources', () => writeFileSync(join(worker, 'sources.sha256'), 'other')],
  ['no Worker', () => rmSync(worker, { recursive: true })],
])('is refused with %s', async (_case, change) => {
  change()
  const { exitCode, err } = await runStart([
    '--port',
    '0',
    '--data',
    data.path,
    '--env-file',
    settings,
    '--worker',
    worker,
  ])
  expect(exitCode).toBe(1)
  expect(err).toMatch(
    /^\S+ holds (?:a Worker of other sources|no Worker .+)\. Run: npm run build -- /,
  )
})
