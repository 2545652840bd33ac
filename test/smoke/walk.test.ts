// The sample feed as a client meets it, and the command line against a real server.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sampleFeed } from '../../cli/sample-feed/feed.ts'
import { curlLine } from '../../cli/start/announce.ts'
import { makeDataFolder, type RunningServer, runCommand, startServer } from './support/server.ts'

const data = makeDataFolder()
let server: RunningServer

beforeAll(async () => {
  server = await startServer(data.path)
})

afterAll(async () => {
  await server.end('SIGTERM')
  data.remove()
})

type Page = {
  more: boolean
  next?: string
  objects: { id: string; type: string; modified?: string }[]
}

async function walk(alias: string, query: Record<string, string>): Promise<Page['objects']> {
  const { url, keys } = server.ready
  const objects: Page['objects'] = []
  let next: string | undefined
  do {
    const asked = new URLSearchParams({ ...query, ...(next !== undefined && { next }) })
    const response = await fetch(`${url}/api/taxii2/api/collections/${alias}/objects/?${asked}`, {
      headers: { Authorization: `Bearer ${keys.pro}` },
    })
    expect(response.status).toBe(200)
    const page = (await response.json()) as Page
    objects.push(...page.objects)
    next = page.more ? page.next : undefined
  } while (next !== undefined)
  return objects
}

async function cli(...args: string[]) {
  const { url, adminToken } = server.ready
  const env = {
    TAXII_EDGE_URL: url,
    TAXII_EDGE_TOKEN: adminToken,
    XDG_STATE_HOME: join(data.path, 'cli'),
  }
  return await runCommand(process.execPath, ['cli/main.ts', ...args], env)
}

test('answers the printed curl line as it is pasted', async () => {
  const begun = new Date(Date.now() - 86_400_000).toISOString()
  const line = curlLine({ url: server.ready.url, keys: server.ready.keys, begun })
  const { exitCode, out } = await runCommand('sh', ['-c', `${line}`.replace('curl ', 'curl -sS ')])
  expect(exitCode).toBe(0)
  expect(JSON.parse(out).objects).toHaveLength(5)
})

test('gives every object of the sample feed, in order', async () => {
  const expected = sampleFeed(1, Date.now())
  const all = await walk('soc-defenders-all', { limit: '700', 'match[version]': 'all' })
  expect(all.map(({ id }) => id)).toEqual(expected.map(({ id }) => id))
})

test('gives every object by the header as well, as clients without next read it', async () => {
  const { url, keys } = server.ready
  const ids: string[] = []
  let addedAfter: string | null = '1970-01-01T00:00:00Z'
  for (let more = true; more; ) {
    const query = new URLSearchParams({ limit: '700', added_after: addedAfter ?? '' })
    const response = await fetch(
      `${url}/api/taxii2/api/collections/soc-defenders-all/objects/?${query}&match[version]=all`,
      { headers: { Authorization: `Bearer ${keys.pro}` } },
    )
    expect(response.status).toBe(200)
    const page = (await response.json()) as Page
    ids.push(...page.objects.map(({ id }) => id))
    addedAfter = response.headers.get('X-TAXII-Date-Added-Last')
    more = page.more
  }
  expect(ids).toEqual(sampleFeed(1, Date.now()).map(({ id }) => id))
})

test('gives only the current versions unless asked for more', async () => {
  const current = await walk('soc-defenders-all', { limit: '1000' })
  const ids = new Set(sampleFeed(1, Date.now()).map(({ id }) => id))
  expect(current).toHaveLength(ids.size)
  expect(new Set(current.map(({ id }) => id))).toEqual(ids)
})

test('shares the feed out over the views', async () => {
  const network = await walk('soc-defenders-network', { limit: '1000' })
  const hashes = await walk('soc-defenders-hashes', { limit: '1000' })
  for (const view of [network, hashes]) {
    expect(view.filter(({ type }) => type === 'identity')).toHaveLength(1)
    expect(view.filter(({ type }) => type === 'marking-definition')).toHaveLength(5)
  }
  const all = await walk('soc-defenders-all', { limit: '1000' })
  const shared = new Set([...network, ...hashes].map(({ id }) => id))
  expect(shared).toEqual(new Set(all.map(({ id }) => id)))
  expect(network.length).toBeGreaterThan(1_500)
  expect(hashes.length).toBeGreaterThan(400)
})

test('takes a key through its life', async () => {
  const made = await cli('key', 'create', '--tier', 'pro', '--label', 'smoke', '--json')
  expect(made.exitCode).toBe(0)
  const { id, key } = JSON.parse(made.out)
  const status = async (token: string) => {
    const headers = { Authorization: `Bearer ${token}` }
    return (await fetch(`${server.ready.url}/taxii2/`, { headers })).status
  }
  const collections = async (token: string) => {
    const headers = { Authorization: `Bearer ${token}` }
    return (await fetch(`${server.ready.url}/api/taxii2/api/collections/`, { headers })).status
  }
  expect(await status(key)).toBe(200)
  expect(await collections(key)).toBe(200)
  const listed = await cli('key', 'list', '--json')
  expect(JSON.parse(listed.out).keys.map((each: { id: string }) => each.id)).toContain(id)
  const rotated = await cli('key', 'rotate', id, '--json')
  expect(await collections(key)).toBe(401)
  const successor = JSON.parse(rotated.out)
  expect(await collections(successor.key)).toBe(200)
  const revoked = await cli('key', 'revoke', successor.id, '--json')
  expect(JSON.parse(revoked.out).state).toBe('revoked')
  expect(await collections(successor.key)).toBe(401)
  const shown = await cli('key', 'show', successor.id)
  expect(shown.out).toMatch(/state +revoked/)
})

test('takes a collection through its life, with an import', async () => {
  const file = join(data.path, 'objects.ndjson')
  const now = new Date().toISOString()
  const lines = Array.from({ length: 12_000 }, (_, n) =>
    JSON.stringify({
      type: 'indicator',
      spec_version: '2.1',
      id: `indicator--${n.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`,
      ...{ created: now, modified: n % 4_000 === 7 ? 'never' : now, valid_from: now },
      ...{ pattern: `[ipv4-addr:value = '198.51.100.${n % 256}']`, pattern_type: 'stix' },
    }),
  )
  writeFileSync(file, lines.join('\n'))
  const created = await cli('collection', 'create', '--title', 'Smoke', '--alias', 'smoke')
  expect(created.exitCode).toBe(0)
  const imported = await cli('import', file, '--collection', 'smoke', '--json')
  expect(imported.exitCode).toBe(1)
  const result = JSON.parse(imported.out)
  expect(result).toMatchObject({ received: 12_000, added: 11_997, refused: 3, problem: null })
  expect(result.reasons.map(({ index }: { index: number }) => index)).toEqual([7, 4_007, 8_007])
  const again = await cli('import', file, '--collection', 'smoke', '--json')
  expect(JSON.parse(again.out)).toMatchObject({ added: 0, already_there: 11_997, refused: 3 })
  rmSync(file)
  expect((await walk('smoke', { limit: '1000' })).length).toBe(11_997)
  const deleted = await cli('collection', 'delete', 'smoke', '--yes')
  expect(deleted.exitCode).toBe(0)
  expect((await cli('collection', 'show', 'smoke')).exitCode).toBe(1)
})
