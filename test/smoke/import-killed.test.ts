// An import that is killed in the middle, and the same command once more.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  makeDataFolder,
  PROJECT_ROOT,
  type RunningServer,
  runCommand,
  startServer,
} from './support/server.ts'

const COUNT = 40_000
const data = makeDataFolder()
const checkpoints = join(data.path, 'cli/taxii-edge/imports')
let server: RunningServer

beforeAll(async () => {
  server = await startServer(data.path, { args: ['--no-sample'] })
})

afterAll(async () => {
  await server.end('SIGTERM')
  data.remove()
})

function environment(): Record<string, string> {
  const { url, adminToken } = server.ready
  return {
    TAXII_EDGE_URL: url,
    TAXII_EDGE_TOKEN: adminToken,
    XDG_STATE_HOME: join(data.path, 'cli'),
  }
}

function idOf(n: number): string {
  return `indicator--${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`
}

function writeObjects(file: string): void {
  const now = new Date().toISOString()
  const lines = Array.from({ length: COUNT }, (_, n) =>
    JSON.stringify({
      ...{ type: 'indicator', spec_version: '2.1', id: idOf(n), created: now, modified: now },
      ...{ pattern: `[url:value = 'https://a.example/${n}']`, pattern_type: 'stix' },
      valid_from: now,
    }),
  )
  writeFileSync(file, lines.join('\n'))
}

/** The checkpoint that a killed import leaves; undefined until its first request was answered. */
function readCheckpoint(): { tally: { received: number } } | undefined {
  const names = existsSync(checkpoints) ? readdirSync(checkpoints) : []
  const name = names.find((each) => each.endsWith('.json'))
  return name === undefined ? undefined : JSON.parse(readFileSync(join(checkpoints, name), 'utf8'))
}

async function readIds(): Promise<string[]> {
  const ids: string[] = []
  let next: string | undefined
  do {
    const query = new URLSearchParams({ limit: '1000', ...(next !== undefined && { next }) })
    const response = await fetch(
      `${server.ready.url}/api/taxii2/api/collections/soc-defenders-all/objects/?${query}`,
      { headers: { Authorization: `Bearer ${server.ready.keys.pro}` } },
    )
    const page = (await response.json()) as { next?: string; objects: { id: string }[] }
    ids.push(...page.objects.map(({ id }) => id))
    next = page.next
  } while (next !== undefined)
  return ids
}

test('goes on after a kill to the full count, each object once and in order', async () => {
  const file = join(data.path, 'objects.ndjson')
  writeObjects(file)
  const args = ['cli/main.ts', 'import', file, '--collection', 'soc-defenders-all', '--json']
  const env = { ...process.env, ...environment() }
  const child = spawn(process.execPath, args, { cwd: PROJECT_ROOT, env, stdio: 'ignore' })
  const ended = once(child, 'close')
  while (readCheckpoint() === undefined && child.exitCode === null) await sleep(5)
  child.kill('SIGKILL')
  expect(await ended).toEqual([null, 'SIGKILL'])
  const done = readCheckpoint()?.tally.received ?? 0
  expect(done).toBeGreaterThan(0)
  expect(done).toBeLessThan(COUNT)

  const resumed = await runCommand(process.execPath, args, environment())
  expect([resumed.exitCode, resumed.err]).toEqual([
    0,
    expect.stringContaining(`Going on after ${done} objects`),
  ])
  const result = JSON.parse(resumed.out)
  expect(result).toMatchObject({ received: COUNT, refused: 0, resumed_after: done, problem: null })
  // What the killed run had sent without hearing the answer was there already.
  expect(result.added + result.already_there).toBe(COUNT)
  expect(readCheckpoint()).toBeUndefined()
  expect(await readIds()).toEqual(Array.from({ length: COUNT }, (_, n) => idOf(n)))
})
