// A server answers nobody before its databases are migrated: whoever asks while it starts finds the
// port closed, and what is answered first is answered as ever after. A crash is told, and passes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAhead } from '../../cli/project/built-worker.ts'
import {
  freePort,
  makeDataFolder,
  PROJECT_ROOT,
  type RunningService,
  startService,
} from './support/server.ts'

const ADMIN_TOKEN = 'token-of-a-smoke-test-'.repeat(2)
const data = makeDataFolder()
const worker = join(data.path, 'worker')

beforeAll(async () => await buildAhead(PROJECT_ROOT, worker))

afterAll(() => data.remove())

/** Asks without a pause from before the port is open. */
async function firstAnswer(port: number, path: string): Promise<number> {
  const headers = { Authorization: `Bearer ${ADMIN_TOKEN}` }
  for (;;) {
    try {
      return (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).status
    } catch {
      await sleep(2)
    }
  }
}

/** By itself for clients of this machine; by the front where a proxy's word counts. */
test.each([
  ['by itself', []],
  ['by the front', ['--trusted-proxy', '127.0.0.1']],
])('on an empty folder, %s', async (name, args) => {
  const port = await freePort()
  const paths = ['/health/ready', '/admin/collections/', '/admin/keys/']
  const answers = Promise.all(paths.map(async (path) => await firstAnswer(port, path)))
  const service: RunningService = await startService(join(data.path, name), {
    args: ['--port', String(port), '--worker', worker, ...args],
    env: { ADMIN_TOKEN },
  })
  expect(await answers).toEqual([200, 200, 200])
  expect(service.events().filter(({ event }) => event === 'crashed')).toEqual([])
  expect((await service.end('SIGTERM')).exitCode).toBe(0)
})

test('a crash of the runtime is told once, and the server goes on', async () => {
  const folder = join(data.path, 'crashed')
  const service = await startService(folder, { args: ['--worker', worker], env: { ADMIN_TOKEN } })
  const { runtime } = JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8'))
  process.kill(runtime.pid, 'SIGKILL')
  const crashes = () => service.events().filter(({ event }) => event === 'crashed')
  while (crashes().length === 0) await sleep(50)
  expect(await firstAnswer(Number(new URL(service.url).port), '/admin/keys/')).toBe(200)
  expect(crashes()).toHaveLength(1)
  expect((await service.end('SIGTERM')).exitCode).toBe(0)
})
