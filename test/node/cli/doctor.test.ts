// The doctor: what it finds, what it costs a key, and what it tells to enter.
import { expect, test } from 'vitest'
import { recipes } from '../../../cli/operator/recipes.ts'
import { RELEASE } from '../../../cli/release.ts'
import { type Answerer, COLLECTION, type FakeRequest } from './support/fake-server.ts'
import { fakeServer, run } from './support/run.ts'

const KEY = 'taxii_not-a-real-one'
const ROOT = '/api/taxii2/api/'

const RUN = { at: '2026-01-01T00:07:00.000000Z', cause: 'clock', milliseconds: 3, more_left: false }

type World = {
  skewMs?: number
  health?: object
  taxii?: Answerer
  isReady?: boolean
  runs?: object[]
}

function worldOf(world: World = {}): Answerer {
  const { skewMs = 0, health = {}, taxii, isReady = true, runs = [] } = world
  return (request, count) => {
    if (request.path === '/health/ready') return { status: isReady ? 200 : 503 }
    if (request.path === '/admin/collections/') return { body: { collections: [COLLECTION] } }
    if (request.path === '/admin/housekeeping/') return { body: { runs } }
    if (request.path !== '/admin/health/') return taxii?.(request, count)
    const time = new Date(Date.now() + skewMs).toISOString()
    const origin = 'https://taxii.example.org'
    const databases = [databaseOf('DB', 2_345_678)]
    return { body: { operator: 'erin', time, origin, tiers: ['free'], databases, ...health } }
  }
}

function databaseOf(name: string, bytes: number) {
  return { name, bytes, collections: 3, milliseconds: 4 }
}

function listed(n: number, canRead: boolean) {
  return { id: `id-${n}`, alias: `c${n}`, title: `C${n}`, can_read: canRead, can_write: false }
}

function taxiiOf(collections: ReturnType<typeof listed>[]): Answerer {
  return ({ path }) => {
    if (path === '/taxii2/' || path === ROOT) return { body: { title: 'Feed' } }
    if (path === `${ROOT}collections/`) return { body: { collections } }
    const readable = collections.some(({ id, can_read }) => can_read && path.includes(`/${id}/`))
    if (readable) return { body: { objects: [] } }
    const description = 'This endpoint requires the "read:stix" scope'
    return { status: 403, body: { description, details: { your_scopes: ['read:iocs'] } } }
  }
}

function pagesOf(requests: FakeRequest[]): string[] {
  return requests.flatMap(({ path }) => /collections\/(.+)\/objects/.exec(path)?.[1] ?? [])
}

test('finds everything in order', async () => {
  const server = await fakeServer(worldOf())
  const { exitCode, out } = await run(['doctor'], { url: server.url })
  expect(exitCode).toBe(0)
  expect(out).toMatch(/ok +operator token +that of erin\n/)
  expect(out).toContain('clients are sent to https://taxii.example.org')
  expect(out).toMatch(/ok +database DB +3 collections, 2.35 MB, answered in 4 ms\n/)
  expect(out).toMatch(/ok +housekeeping +not yet\n/)
})

test.each([
  ['the same', { release: RELEASE }, RELEASE],
  ['another', { release: '9.9.9' }, `9.9.9; this command line is ${RELEASE}`],
  ['of 0.1', {}, `not told by the server; this command line is ${RELEASE}`],
])('tells the release of the server: %s', async (_case, health, found) => {
  const server = await fakeServer(worldOf({ health }))
  const { exitCode, out } = await run(['doctor'], { url: server.url })
  expect(exitCode).toBe(0)
  expect(out).toMatch(new RegExp(`ok +release +${RegExp.escape(found)}\n`))
})

test.each([
  ['a clock far off', { skewMs: -60_000 }, /FAILED +clock +the server's is \d+ ms behind ours/],
  ['a server that is not ready', { isReady: false }, /FAILED +readiness/],
  [
    'a database that is nearly full',
    { health: { databases: [databaseOf('DB', 1_000), databaseOf('DB_2', 9_250_000_000)] } },
    /FAILED +database DB_2 +3 collections, 9.25 GB \(93 % of D1's 10 GB\)/,
  ],
  [
    'housekeeping that does not get through',
    {
      runs: [
        {
          ...RUN,
          databases: [
            { database: 'DB', problem: null },
            { database: 'DB_2', problem: 'no' },
          ],
        },
      ],
    },
    /FAILED +housekeeping +last at 2026-01-01 00:07:00Z, DB_2: no/,
  ],
])('fails for %s', async (_case, world, found) => {
  const server = await fakeServer(worldOf(world))
  const { exitCode, out, err } = await run(['doctor'], { url: server.url })
  expect(exitCode).toBe(1)
  expect(out).toMatch(found)
  expect(err).toMatch(/^1 of \d+ checks failed\n$/)
})

test('says what a key reads, what it is refused and why, and never the key', async () => {
  const taxii = taxiiOf([listed(1, false), listed(2, true)])
  const server = await fakeServer(worldOf({ taxii }))
  const ran = await run(['doctor', '--key', KEY], { url: server.url })
  expect(ran.exitCode).toBe(0)
  expect(ran.out).toMatch(/key: collections +2 visible, 1 to read, 0 to write\n/)
  expect(ran.out).toMatch(/key: C2 +reads\n/)
  expect(ran.out).toMatch(/key: C1 +neither .+HTTP 403: .+"read:stix" scope; the key has read:iocs/)
  expect(ran.out + ran.err).not.toContain(KEY)
  const asked = server.requests.filter(({ authorization }) => authorization === `Bearer ${KEY}`)
  expect(asked).toHaveLength(5)
})

test('fails for a key that no collection is open to', async () => {
  const server = await fakeServer(worldOf({ taxii: taxiiOf([listed(1, false)]) }))
  const { exitCode, out } = await run(['doctor', '--key', KEY], { url: server.url })
  expect(exitCode).toBe(1)
  expect(out).toMatch(/FAILED +key: collections +1 visible, 0 to read, 0 to write\n/)
})

test('asks for two pages of many collections, beginning with the named one', async () => {
  const taxii = taxiiOf(Array.from({ length: 50 }, (_, n) => listed(n, n < 25)))
  const server = await fakeServer(worldOf({ taxii }))
  const env = { TAXII_EDGE_KEY: KEY }
  await run(['doctor', '--collection', 'c7'], { url: server.url, env })
  expect(pagesOf(server.requests)).toEqual(['id-7', 'id-25'])
})

test('stops at a key that is refused', async () => {
  const description = 'The API key is not valid'
  const server = await fakeServer(
    worldOf({ taxii: () => ({ status: 401, body: { description } }) }),
  )
  const { exitCode, out } = await run(['doctor', '--key', KEY], { url: server.url })
  expect(exitCode).toBe(1)
  expect(out).toMatch(/FAILED +key: discovery +HTTP 401: The API key is not valid\n$/)
})

test('does not take a key that no header can hold', async () => {
  const server = await fakeServer(worldOf())
  const { exitCode, err } = await run(['doctor', '--key', 'a\nb'], { url: server.url })
  expect([exitCode, err]).toEqual([2, 'The API key has characters that none can have\n'])
})

test.each(Object.keys(recipes))('knows what %s must enter', async (product) => {
  const server = await fakeServer(worldOf())
  const args = ['doctor', '--product', product, '--collection', 'feed', '--json']
  const { exitCode, out } = await run(args, { url: server.url })
  expect(exitCode).toBe(0)
  const entered = Object.values(JSON.parse(out).enter).join('\n')
  expect(entered).toContain('https://taxii.example.org')
  expect(entered).toContain('KEY')
  expect(entered).not.toContain('undefined')
})

test('tells of a product only for a collection that there is', async () => {
  const server = await fakeServer(worldOf())
  const args = ['doctor', '--product', 'curl', '--collection', 'nowhere']
  const { exitCode, err } = await run(args, { url: server.url })
  expect([exitCode, err]).toEqual([1, 'Nothing is known here of a collection nowhere\n'])
  expect((await run(['doctor', '--product', 'abacus'], { url: server.url })).exitCode).toBe(2)
})
