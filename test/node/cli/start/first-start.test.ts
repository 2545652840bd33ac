// What a new server begins with, and how an interrupted beginning is repaired.
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { AdminClient } from '../../../../cli/operator/admin-client.ts'
import type { CollectionState, KeyState } from '../../../../cli/operator/resources.ts'
import { DataFolder } from '../../../../cli/start/data-folder.ts'
import { type Beginning, prepareFirstStart } from '../../../../cli/start/first-start.ts'
import {
  type Answerer,
  COLLECTION,
  errorBody,
  type FakeAnswer,
  type FakeRequest,
  isImport,
  summary,
} from '../support/fake-server.ts'
import { fakeServer, TOKEN, temporaryFolder } from '../support/run.ts'

const KEYS = '/admin/keys/'
const KEY: KeyState = {
  id: '',
  label: '',
  owner: '',
  tier: '',
  scopes: [],
  collections: null,
  per_minute: 1,
  per_day: 1,
  state: 'active',
  last_four: '',
  created: '2026-01-01T00:00:00.000000Z',
  expires: null,
  networks: null,
}

/** As much of the operator's API as a first start uses, in memory. */
class World {
  readonly collections: CollectionState[] = []
  readonly keys: KeyState[] = []
  readonly objects = new Map<string, string>()
  /** Answers requests in place of the world. */
  failure: Answerer = () => undefined

  readonly answer: Answerer = (request, count) => {
    return this.failure(request, count) ?? this.#answer(request)
  }

  #answer(request: FakeRequest): FakeAnswer {
    const { method, path } = request
    if (isImport(request)) return { body: this.#import(JSON.parse(request.body).objects) }
    if (method === 'GET') {
      return {
        body: path.startsWith(KEYS) ? { keys: this.keys } : { collections: this.collections },
      }
    }
    if (path.endsWith('/revoke/')) return { body: this.#revoke(path) }
    const asked = JSON.parse(request.body)
    if (path === KEYS) return { status: 201, body: this.#issue(asked) }
    this.collections.push({ ...COLLECTION, ...asked, id: `id of ${asked.alias}` })
    return { status: 201, body: asked }
  }

  #import(objects: { id: string; modified?: string }[]) {
    for (const object of objects) {
      this.objects.set(`${object.id} ${object.modified}`, JSON.stringify(object))
    }
    return summary(objects.length)
  }

  #issue(asked: Partial<KeyState>): KeyState & { key: string } {
    const number = String(this.keys.length + 1000)
    const key = { ...KEY, ...asked, id: `key_${number}`, last_four: number }
    this.keys.unshift(key)
    return { ...key, key: `taxii_${number}` }
  }

  #revoke(path: string) {
    const key = this.keys.find(({ id }) => path.includes(id))
    if (key !== undefined) key.state = 'revoked'
    return key
  }
}

const FULL: Beginning = { withCollections: true, withSample: true, withDemoKeys: true }

async function begin() {
  const world = new World()
  const server = await fakeServer(world.answer)
  const folder = new DataFolder(temporaryFolder())
  mkdirSync(folder.state)
  const client = new AdminClient(server.url, TOKEN)
  const told: string[] = []
  const start = (beginning: Partial<Beginning> = {}) =>
    prepareFirstStart(client, folder, { ...FULL, ...beginning }, (text) => told.push(text))
  return { world, server, folder, start, told }
}

const unavailable: FakeAnswer = { status: 500, body: errorBody('internal_error', 'It failed.') }

test('makes three collections, the sample and three keys', async () => {
  const { world, folder, start } = await begin()
  const { collections, keys } = await start()
  expect(collections.map(({ alias, can_write }) => [alias, can_write])).toEqual([
    ['soc-defenders-all', true],
    ['soc-defenders-network', true],
    ['soc-defenders-hashes', true],
  ])
  expect(collections.every(({ title }) => /^[^.,|]+$/.test(title))).toBe(true)
  expect(world.objects.size).toBeGreaterThan(2_000)
  expect(world.keys.map(({ tier, scopes }) => [tier, scopes.join(' ')]).reverse()).toEqual([
    ['pro', ''],
    ['free', ''],
    ['pro', 'read:iocs read:stix write:stix'],
  ])
  expect(keys).toEqual({ pro: 'taxii_1000', free: 'taxii_1001', writer: 'taxii_1002' })
  if (process.platform !== 'win32') expect(statSync(folder.demoKeysFile).mode & 0o777).toBe(0o600)
})

test('changes nothing the second time, also when the operator has', async () => {
  const { world, server, start } = await begin()
  const first = await start()
  world.collections.pop()
  const count = server.requests.length
  const second = await start()
  expect(second.keys).toEqual(first.keys)
  expect(second.begun).toBe(first.begun)
  expect(second.collections).toHaveLength(2)
  expect(server.requests.slice(count).map(({ method }) => method)).toEqual(['GET'])
})

test('begins without the sample when told so, for good', async () => {
  const { world, start } = await begin()
  await start({ withSample: false })
  await start()
  expect(world.objects.size).toBe(0)
  expect(world.collections).toHaveLength(3)
})

test('begins with nothing when told so, for good', async () => {
  const { world, server, folder, start } = await begin()
  const nothing = { withCollections: false, withSample: true, withDemoKeys: false }
  expect(await start(nothing)).toMatchObject({ collections: [], keys: undefined })
  expect(await start()).toMatchObject({ collections: [], keys: undefined })
  expect([world.collections, world.keys, world.objects.size]).toEqual([[], [], 0])
  expect(server.requests.every(({ method }) => method === 'GET')).toBe(true)
  expect(existsSync(folder.demoKeysFile)).toBe(false)
})

test('tells no demo keys where none are wanted, and warns of those that are still good', async () => {
  const { world, start, told } = await begin()
  await start()
  told.length = 0
  expect((await start({ withDemoKeys: false })).keys).toBeUndefined()
  expect(told.join('')).toMatch(/^The demo keys of the first start are still good\. .+\n$/)
  told.length = 0
  for (const key of world.keys) key.state = 'revoked'
  await start({ withDemoKeys: false })
  expect(told).toEqual([])
})

test('takes the record of an earlier release for that of a full beginning', async () => {
  const { folder, start } = await begin()
  const { keys } = await start()
  const record = { begun: '2026-01-01T00:00:00.000Z', hasSample: true, isComplete: true }
  writeFileSync(folder.firstStartFile, JSON.stringify(record))
  expect((await start()).keys).toEqual(keys)
})

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])(
  'is repaired by the next start when request %i fails',
  async (failing) => {
    const whole = await begin()
    await whole.start()
    const { world, start } = await begin()
    world.failure = (_request, count) => (count === failing ? unavailable : undefined)
    await expect(start()).rejects.toThrow('It failed.')
    world.failure = () => undefined
    await start()
    expect(world.collections).toHaveLength(3)
    expect(world.keys.filter(({ state }) => state === 'active')).toHaveLength(3)
    expect(world.objects.size).toBe(whole.world.objects.size)
  },
)

test('revokes a key whose token was lost on the way', async () => {
  const { world, folder, start } = await begin()
  world.failure = ({ method, path }) =>
    method === 'POST' && path === KEYS && world.keys.length === 2 ? unavailable : undefined
  await expect(start()).rejects.toThrow('It failed.')
  rmSync(folder.demoKeysFile)
  world.failure = () => undefined
  const { keys } = await start()
  expect(world.keys.map(({ state }) => state)).toEqual([
    'active',
    'active',
    'active',
    'revoked',
    'revoked',
  ])
  expect(keys?.pro).not.toBe('taxii_1000')
})

test('does not make new keys when the kept ones are gone', async () => {
  const { world, folder, start } = await begin()
  await start()
  rmSync(folder.demoKeysFile)
  await expect(start()).rejects.toThrow(/demo-keys\.json is missing or lacks a key/)
  expect(world.keys).toHaveLength(3)
  expect(existsSync(folder.demoKeysFile)).toBe(false)
})

test.each(['{"begun"', '[]', '{"begun":"x","hasSample":true,"isComplete":true}'])(
  'says that %s is no record of a first start',
  async (content) => {
    const { folder, start } = await begin()
    writeFileSync(folder.firstStartFile, content)
    await expect(start()).rejects.toThrow(/first-start\.json cannot be used/)
  },
)
