// `import --with-dates`: a sequence of another server, compressed, with dates finer than ours, equal
// ones and records that are refused; killed in the middle; and collections that it is refused for.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TIERS } from './releases/kept-release.ts'
import {
  type Ended,
  makeDataFolder,
  PROJECT_ROOT,
  type RunningServer,
  runCommand,
  startServer,
} from './support/server.ts'

const COUNT = 24_000
const BEGUN_MICROS = BigInt(Date.UTC(2025, 4, 1)) * 1_000n
const data = makeDataFolder()
const place = (name: string) => join(data.path, name)
const checkpoints = place('cli/taxii-edge/imports')
const partner = place('partner.ndjson.gz')
const refusals = place('refused.ndjson')
let server: RunningServer

beforeAll(async () => {
  server = await startServer(place('server'), { args: ['--no-sample'], env: { TIERS } })
  for (const alias of ['partner', 'begun', 'emptied']) {
    await cli('collection', 'create', '--title', alias, '--alias', alias, '--writable')
  }
  writeFileSync(partner, gzipSync(RECORDS.map(({ line }) => `${line}\n`).join('')))
})

afterAll(async () => {
  await server.end('SIGTERM')
  data.remove()
})

type TestRecord = { line: string; id: string; micros: bigint; isGood: boolean; isDated: boolean }

/** Several a millisecond, pairs of one instant, and now and then a pause. */
function microsOf(n: number): bigint {
  const pair = BigInt(n - (n % 2))
  return BEGUN_MICROS + pair * 350n + BigInt(Math.floor(n / 1_000)) * 5_000_123n
}

/** As other servers write it: with as many decimals as it needs. */
function written(micros: bigint): string {
  const decimals = String(micros % 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '')
  const whole = new Date(Number(micros / 1_000n)).toISOString().slice(0, 19)
  return decimals === '' ? `${whole}Z` : `${whole}.${decimals}Z`
}

/** Refused by the server now and then, by the command rarely, both also where a request may end. */
function recordOf(n: number): TestRecord {
  const micros = microsOf(n)
  const isDated = n % 3_001 !== 7
  const isGood = isDated && n % 250 !== 249
  const id = `identity--${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`
  const times = { created: written(micros), modified: written(micros) }
  const name = isGood ? `Name ${n}` : 7
  const object = { type: 'identity', spec_version: '2.1', id, ...times, name }
  const record = { ...(isDated && { date_added: written(micros) }), object, version: 'passed over' }
  return { line: JSON.stringify(record), id, micros, isGood, isDated }
}

const RECORDS = Array.from({ length: COUNT }, (_, n) => recordOf(n))

/** By the rule of docs/backup.md: the first millisecond not before it, after the one given last. */
function expectedDates(): [id: string, dateAdded: string][] {
  let last = 0n
  return RECORDS.filter(({ isDated }) => isDated).flatMap(({ id, micros, isGood }) => {
    const ceiling = (micros + 999n) / 1_000n
    last = ceiling > last ? ceiling : last + 1n
    return isGood ? [[id, `${new Date(Number(last)).toISOString().slice(0, -1)}000Z`]] : []
  })
}

function environment(): Record<string, string> {
  const { url, adminToken } = server.ready
  return { TAXII_EDGE_URL: url, TAXII_EDGE_TOKEN: adminToken, XDG_STATE_HOME: place('cli') }
}

const cli = async (...args: string[]): Promise<Ended> =>
  await runCommand(process.execPath, ['cli/main.ts', ...args, '--json'], environment())

const importing = (file: string, collection: string) => [
  ...['import', file, '--collection', collection, '--with-dates'],
]

function readCheckpoint(): { tally: { received: number }; dating: object } | undefined {
  const names = existsSync(checkpoints) ? readdirSync(checkpoints) : []
  const name = names.find((each) => each.endsWith('.json'))
  return name === undefined ? undefined : JSON.parse(readFileSync(join(checkpoints, name), 'utf8'))
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return await fetch(`${server.ready.url}/api/taxii2/api/collections/${path}`, {
    ...init,
    headers: { Authorization: `Bearer ${server.ready.keys.writer}`, ...init.headers },
  })
}

type Manifest = { next?: string; objects: { id: string; date_added: string }[] }

/** The dates that a client is told, page by page. */
async function walk(collection: string): Promise<[id: string, dateAdded: string][]> {
  const found: [string, string][] = []
  let next: string | undefined
  do {
    const query = new URLSearchParams({ limit: '1000', ...(next !== undefined && { next }) })
    const response = await ask(`${collection}/manifest/?${query}`)
    expect(response.status).toBe(200)
    const page = (await response.json()) as Manifest
    found.push(...page.objects.map(({ id, date_added }): [string, string] => [id, date_added]))
    next = page.next
  } while (next !== undefined)
  return found
}

test('goes on after a kill, and gives each date that it would have given at once', async () => {
  const args = ['cli/main.ts', ...importing(partner, 'partner'), '--refused', refusals, '--json']
  const env = { ...process.env, ...environment() }
  const child = spawn(process.execPath, args, { cwd: PROJECT_ROOT, env, stdio: 'ignore' })
  const ended = once(child, 'close')
  while (readCheckpoint() === undefined && child.exitCode === null) await sleep(5)
  child.kill('SIGKILL')
  expect(await ended).toEqual([null, 'SIGKILL'])
  const kept = readCheckpoint()
  const done = kept?.tally.received ?? 0
  expect(done).toBeGreaterThan(0)
  expect(done).toBeLessThan(COUNT)
  expect(kept?.dating).toMatchObject({ ms: expect.any(Number) })

  const { exitCode, out, err } = await runCommand(process.execPath, args, environment())
  const refused = RECORDS.filter(({ isGood }) => !isGood).length
  expect([exitCode, err]).toEqual([1, expect.stringContaining(`Going on after ${done} objects`)])
  expect(err).toContain(`${refused} objects were refused`)
  const result = JSON.parse(out)
  expect(result).toMatchObject({ received: COUNT, refused, resumed_after: done, problem: null })
  // What the killed run had sent without hearing the answer was there already.
  expect(result.added + result.already_there).toBe(COUNT - refused)
  expect(readCheckpoint()).toBeUndefined()
  expect(await walk('partner')).toEqual(expectedDates())
})

test('names each refused record by its place in the file', () => {
  const lines = readFileSync(refusals, 'utf8').trim().split('\n')
  const found = lines.map((line): { index: number; id: string; message: string } =>
    JSON.parse(line),
  )
  const expected = RECORDS.flatMap(({ isGood, isDated, id }, index) =>
    isGood ? [] : [[index, isDated ? id : '', isDated ? 'name' : 'date_added']],
  )
  expect(found.map(({ index, id }) => [index, id])).toEqual(
    expected.map(([index, id]) => [index, id]),
  )
  for (const [at, { message }] of found.entries()) expect(message).toContain(expected[at]?.[2])
})

test('a client that goes on from a date it had there misses nothing', async () => {
  const dates = expectedDates()
  for (const n of [1, 2_500, 20_001]) {
    const query = new URLSearchParams({ added_after: written(microsOf(n)), limit: '5' })
    const { objects } = (await (await ask(`partner/manifest/?${query}`)).json()) as Manifest
    const missed = RECORDS.filter(({ isGood, micros }) => isGood && micros > microsOf(n))
    const from = dates.findIndex(([id]) => id === objects[0]?.id)
    expect(from).toBeLessThanOrEqual(dates.findIndex(([id]) => id === missed[0]?.id))
    expect(from).toBeGreaterThan(0)
  }
})

test('the whole file once more finds everything there, and changes nothing', async () => {
  const before = await walk('partner')
  const { exitCode, out } = await cli(...importing(partner, 'partner'))
  expect([exitCode, JSON.parse(out)]).toEqual([1, expect.objectContaining({ added: 0 })])
  expect(await walk('partner')).toEqual(before)
}, 240_000)

test.each(['begun', 'emptied'])(
  'is refused for a collection that has had objects: %s',
  async (collection) => {
    const { id, line } = recordOf(1)
    const object = place('object.json')
    writeFileSync(object, JSON.stringify({ type: 'bundle', objects: [JSON.parse(line).object] }))
    expect((await cli('import', object, '--collection', collection)).exitCode).toBe(0)
    if (collection === 'emptied') {
      expect((await ask(`${collection}/objects/${id}/`, { method: 'DELETE' })).status).toBe(200)
    }
    const before = await walk(collection)
    expect(before).toHaveLength(collection === 'begun' ? 1 : 0)
    const few = place(`${collection}.ndjson`)
    writeFileSync(few, [recordOf(2), recordOf(3)].map((each) => `${each.line}\n`).join(''))
    const { exitCode, err } = await cli(...importing(few, collection))
    expect([exitCode, err]).toEqual([
      1,
      expect.stringContaining('in a collection that never had objects'),
    ])
    expect(await walk(collection)).toEqual(before)
  },
)
