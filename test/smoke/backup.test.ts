// A server that moves: backed up, brought back in another data folder under the same secret, and
// asked by the same clients from where they stood.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Ended,
  makeDataFolder,
  PROJECT_ROOT,
  type RunningServer,
  runCommand,
  startServer,
} from './support/server.ts'

const LARGE = 30_000
const folders = Array.from({ length: 3 }, makeDataFolder)
const [here, there, elsewhere] = folders.map(({ path }) => path) as [string, string, string]
const file = join(here, 'backup.ndjson.gz')
const servers: RunningServer[] = []
let source: RunningServer
let target: RunningServer
let revokedKey: string

beforeAll(async () => {
  source = await startServer(here)
  servers.push(source)
})

afterAll(async () => {
  for (const server of servers) await server.end('SIGTERM')
  for (const folder of folders) folder.remove()
})

function environment({ ready }: RunningServer): Record<string, string> {
  const { url, adminToken } = ready
  return { TAXII_EDGE_URL: url, TAXII_EDGE_TOKEN: adminToken, XDG_STATE_HOME: join(here, 'cli') }
}

async function cli(server: RunningServer, ...args: string[]): Promise<Ended> {
  return await runCommand(process.execPath, ['cli/main.ts', ...args], environment(server))
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever members the answer has
async function cliJson(server: RunningServer, ...args: string[]): Promise<any> {
  const ran = await cli(server, ...args, '--json')
  expect([ran.exitCode, ran.err]).toEqual([0, ''])
  return JSON.parse(ran.out)
}

async function ask(server: RunningServer, path: string, init: RequestInit = {}, key?: string) {
  const { url, keys } = server.ready
  return await fetch(`${url}/api/taxii2/api/collections/${path}`, {
    ...init,
    headers: { Authorization: `Bearer ${key ?? keys.pro}`, ...init.headers },
  })
}

type Page = { last: string | null; more: boolean; next: string | undefined; text: string }

async function page(server: RunningServer, path: string, query: object): Promise<Page> {
  const response = await ask(server, `${path}?${new URLSearchParams({ ...query })}`, {}, key())
  expect(response.status).toBe(200)
  const text = (await response.text()).replace(/"id":"bundle--[^"]+"/, '"id":""')
  const { more = false, next } = JSON.parse(text)
  return { last: response.headers.get('X-TAXII-Date-Added-Last'), more, next, text }
}

/** The same on every server: it was made on the first. */
const key = () => source.ready.keys.pro

async function walk(
  server: RunningServer,
  path: string,
  from: object,
  by: 'next' | 'header',
): Promise<Page[]> {
  const pages: Page[] = []
  for (let query: object | undefined = from; query !== undefined; ) {
    const got: Page = await page(server, path, { limit: '600', ...query })
    pages.push(got)
    const following = by === 'next' ? { next: got.next } : { added_after: got.last }
    query = got.more ? following : undefined
  }
  return pages
}

const PATHS = ['soc-defenders-all', 'soc-defenders-network', 'soc-defenders-hashes'].flatMap(
  (alias) => [`${alias}/objects/`, `${alias}/manifest/`],
)

/** Every page by `next` and by header, from the start and from every place that a client had. */
async function answers(server: RunningServer, places: Map<string, Page[]>): Promise<Page[][]> {
  const all: Page[][] = []
  for (const path of PATHS) {
    for (const by of ['next', 'header'] as const) {
      for (const versions of ['last', 'all']) {
        all.push(await walk(server, path, { 'match[version]': versions }, by))
      }
      for (const { next, last } of places.get(path) ?? []) {
        const place = by === 'next' ? { next } : { added_after: last }
        all.push(await walk(server, path, place, by))
      }
    }
  }
  return all
}

function largeFile(): string {
  const path = join(here, 'large.ndjson')
  const now = new Date().toISOString()
  const lines = Array.from({ length: LARGE }, (_, n) =>
    JSON.stringify({
      ...{ type: 'indicator', spec_version: '2.1', created: now, modified: now, valid_from: now },
      id: `indicator--${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
      ...{ pattern: `[url:value = 'https://a.example/${n}']`, pattern_type: 'stix' },
    }),
  )
  writeFileSync(path, lines.join('\n'))
  return path
}

test('a server is backed up while its clients stand somewhere', async () => {
  await cliJson(
    source,
    'collection',
    'create',
    '--title',
    'Large',
    '--alias',
    'large',
    '--writable',
  )
  await cliJson(source, 'import', largeFile(), '--collection', 'large')
  const { objects } = JSON.parse((await page(source, 'soc-defenders-all/objects/', {})).text)
  for (const { id } of objects.filter((_: unknown, n: number) => n % 5 === 2)) {
    const path = `soc-defenders-all/objects/${id}/`
    const init = { method: 'DELETE' }
    expect((await ask(source, path, init, source.ready.keys.writer)).status).toBe(200)
  }
  const made = await cliJson(source, 'key', 'create', '--tier', 'pro', '--label', 'gone')
  revokedKey = made.key
  await cliJson(source, 'key', 'revoke', made.id)

  const taken = await cliJson(source, 'backup', '--out', file)
  expect(taken.collections.map(({ alias }: { alias: string }) => alias)).toHaveLength(4)
  expect(taken.keys).toMatchObject({ records: 4, without_object_name: [] })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const again = await cli(source, 'backup', '--out', file)
  expect([again.exitCode, again.err]).toEqual([1, `${file}: already exists\n`])
  const verified = JSON.parse(
    (await runCommand(process.execPath, ['cli/main.ts', 'backup', '--verify', file, '--json'])).out,
  )
  expect(verified).toMatchObject({ is_whole: true, keys: 4 })
})

/** The collections that a new server begins with have the names of those that come. */
async function removeCollections(server: RunningServer): Promise<void> {
  for (const alias of ['soc-defenders-network', 'soc-defenders-hashes', 'soc-defenders-all']) {
    await cliJson(server, 'collection', 'delete', alias, '--yes')
  }
}

test('a file that is cut off, or meets other collections, changes nothing', async () => {
  mkdirSync(there, { recursive: true })
  copyFileSync(join(here, 'secrets.json'), join(there, 'secrets.json'))
  target = await startServer(there, { args: ['--no-sample'] })
  servers.push(target)
  const met = await cli(target, 'restore', file)
  expect([met.exitCode, met.out]).toEqual([1, ''])
  expect(met.err).toContain('Nothing was restored')
  expect(met.err).toContain('has the title "SOC Defenders All"')

  await removeCollections(target)
  const cut = join(here, 'cut.gz')
  writeFileSync(cut, readFileSync(file).subarray(0, -1_000))
  const refused = await cli(target, 'restore', cut)
  expect([refused.exitCode, refused.err]).toEqual([1, `${cut} is cut short\n`])
  expect(await cliJson(target, 'collection', 'list')).toEqual({ collections: [] })
})

test('a restore that is killed goes on to the end', async () => {
  const env = { ...process.env, ...environment(target) }
  const args = ['cli/main.ts', 'restore', file]
  const child = spawn(process.execPath, args, { cwd: PROJECT_ROOT, env, stdio: 'ignore' })
  const ended = once(child, 'close')
  while (child.exitCode === null && !(await hasBegun('large'))) await sleep(5)
  child.kill('SIGKILL')
  expect(await ended).toEqual([null, 'SIGKILL'])

  const resumed = await cliJson(target, 'restore', file, '--verify')
  const large = resumed.collections.find(({ alias }: { alias: string }) => alias === 'large')
  expect(large).toMatchObject({ records: LARGE, refused: 0 })
  expect(large.added + large.already_there).toBe(LARGE)
  expect(large.already_there).toBeGreaterThan(0)
  expect(large.added).toBeGreaterThan(0)
  expect(resumed).toMatchObject({ keys: { restored: 4 }, has_same_key_secret: true })
  expect(resumed.comparison).toMatchObject({ differences: [] })
})

async function hasBegun(alias: string): Promise<boolean> {
  const { url, adminToken } = target.ready
  const response = await fetch(`${url}/admin/collections/`, {
    headers: { Authorization: `Bearer ${adminToken}` },
  })
  const { collections } = (await response.json()) as {
    collections: { alias: string; last_added: string | null }[]
  }
  return collections.some((each) => each.alias === alias && each.last_added !== null)
}

test('clients go on where they stood, with their keys, and get what they would have got', async () => {
  const places = new Map<string, Page[]>()
  for (const path of PATHS) places.set(path, (await walk(source, path, {}, 'next')).slice(0, -1))
  expect(await answers(target, places)).toEqual(await answers(source, places))

  const refused = await ask(target, 'large/objects/', {}, revokedKey)
  expect(await refused.json()).toMatchObject({ error: { code: 'revoked_api_key' } })
  const writing = await ask(
    target,
    'soc-defenders-all/objects/',
    {
      method: 'POST',
      headers: { 'Content-Type': 'application/taxii+json;version=2.1' },
      body: JSON.stringify({
        objects: [
          {
            ...{ type: 'url', spec_version: '2.1', value: 'https://new.example/' },
            id: `url--${crypto.randomUUID()}`,
          },
        ],
      }),
    },
    source.ready.keys.writer,
  )
  expect(writing.status).toBe(202)
  const [last] = (places.get('soc-defenders-network/objects/') ?? []).slice(-1)
  const query = { added_after: last?.last }
  const onward = await walk(target, 'soc-defenders-network/objects/', query, 'next')
  expect(onward.map(({ text }) => text).join('')).toContain('https://new.example/')

  // What was restored and has been written to since is left alone.
  const again = await cliJson(target, 'restore', file, '--verify')
  expect(again.collections).toContainEqual(
    expect.objectContaining({ alias: 'soc-defenders-all', is_left_alone: true, added: 0 }),
  )
  expect(again.comparison.differences).toEqual([])
})

test('a server under another secret warns that the keys will not work', async () => {
  const other = await startServer(elsewhere, { args: ['--no-sample'] })
  servers.push(other)
  await removeCollections(other)
  const { exitCode, out, err } = await cli(other, 'restore', file, '--json')
  expect([exitCode, err]).toEqual([0, expect.stringContaining('another KEY_SECRET')])
  expect(JSON.parse(out)).toMatchObject({ has_same_key_secret: false, keys: { restored: 4 } })
  expect((await ask(other, 'large/objects/', {}, key())).status).toBe(401)
  expect((await ask(other, 'large/objects/?limit=1')).status).toBe(200)
  expect(readdirSync(here).filter((name) => name.endsWith('.part'))).toEqual([])
})
