// `restore` against a server that is made up: what it asks for, in which order, and what it makes of
// the answers.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { BackupWriter } from '../../../../cli/operator/backup/backup-writer.ts'
import { FORMAT, FORMAT_VERSION, type KeyLine } from '../../../../cli/operator/backup/format.ts'
import type { CollectionState } from '../../../../cli/operator/resources.ts'
import { errorBody, type FakeAnswer, type FakeRequest } from '../support/fake-server.ts'
import { fakeServer, type Ran, run, temporaryFolder } from '../support/run.ts'

const SECRET = '0011223344556677'
const COUNT = 12

const date = (n: number) => `2026-01-30T00:00:00.${String(n).padStart(3, '0')}000Z`

const FEED: CollectionState = {
  id: '0a4f1f6e-6c6b-4c7e-9d1c-3f6a2b1c0d9e',
  alias: 'feed',
  title: 'Feed',
  description: 'All of it',
  can_read: true,
  can_write: true,
  media_types: ['application/stix+json;version=2.1'],
  view_of: null,
  selects: null,
  retention_days: 400,
  database: 'DB',
  last_added: date(COUNT + 5),
  revision: 5,
  created: '2026-01-01T00:00:00.000000Z',
}

const VIEW: CollectionState = {
  ...FEED,
  ...{ id: '1b4f1f6e-6c6b-4c7e-9d1c-3f6a2b1c0d9e', alias: null, title: 'Some', description: null },
  ...{ can_write: false, view_of: FEED.id, selects: ['type:identity', 'match:ipv4-addr'] },
  ...{ retention_days: null, last_added: null },
}

const KEYS: KeyLine[] = [
  { record: { id: 'key_1', tier: 'pro' }, object_name: 'ab' },
  { record: { id: 'key_2', tier: 'gone' }, object_name: null },
]

async function backupFile(): Promise<string> {
  const writer = await BackupWriter.create(join(temporaryFolder(), 'backup'), {
    ...{ format: FORMAT, version: FORMAT_VERSION, created: '2026-01-31T02:00:00.000Z' },
    ...{ server: 'https://taxii.example', key_secret_fingerprint: SECRET },
  })
  await writer.beginCollection(FEED)
  const lines = Array.from({ length: COUNT }, (_, n) => `{"date_added":"${date(n)}","object":{}}\n`)
  await writer.addRecords(Buffer.from(lines.join('')), COUNT)
  await writer.end('collection', FEED.revision)
  await writer.beginCollection(VIEW)
  await writer.end('collection', VIEW.revision)
  await writer.beginKeys()
  await writer.addKeys(KEYS)
  await writer.end('keys')
  await writer.finish()
  return writer.path
}

type Target = {
  there?: CollectionState[]
  health?: object
  /** Answers a request in place of the server. */
  answer?: (request: FakeRequest) => FakeAnswer | undefined
}

async function restore(target: Target, ...args: string[]): Promise<Ran & { asked: FakeRequest[] }> {
  const server = await fakeServer(
    (request) => target.answer?.(request) ?? answerOf(target, request),
  )
  const ran = await run(['restore', await backupFile(), '--json', ...args], { url: server.url })
  return { ...ran, asked: server.requests }
}

function answerOf({ there = [], health }: Target, { method, path, body }: FakeRequest): FakeAnswer {
  if (path === '/admin/health/') {
    const databases = ['DB', 'DB_2'].map((name) => ({ name }))
    const own = { tiers: ['pro'], max_content_length: 1e7, key_secret_fingerprint: SECRET }
    return { body: { databases, ...own, ...health } }
  }
  if (path === '/admin/collections/' && method === 'GET') return { body: { collections: there } }
  if (path === '/admin/key-records/') {
    return { body: { restored: JSON.parse(body).keys.length, already_there: 0, refused: [] } }
  }
  if (/\/records\/\?/.test(path) && method === 'GET') {
    return { body: { page: { records: 0, more: false, last: null } } }
  }
  if (/\/records\/(\?.*)?$/.test(path) && method === 'POST') {
    const received = body.trim().split('\n').length
    return { body: { received, added: received, already_there: 0, refused: [] } }
  }
  return { body: {} }
}

const changes = (asked: readonly FakeRequest[]) =>
  asked
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${decodeURIComponent(path)}`)
const sent = (asked: readonly FakeRequest[]) =>
  asked.filter(({ path }) => path.includes('/records/?'))
const jsonOf = (asked: readonly FakeRequest[], path: string, at = 0) =>
  JSON.parse(asked.filter((each) => each.path === path && each.method !== 'GET')[at]?.body ?? '')

const RECORDS = `/admin/collections/${FEED.id}/records/`

describe('a restore', () => {
  it('makes collections before their views, keys after both, and opens them at the end', async () => {
    const { exitCode, asked, out } = await restore({})
    expect(exitCode).toBe(0)
    expect(changes(asked)).toEqual([
      'POST /admin/collections/',
      `POST ${RECORDS}`,
      `POST ${RECORDS}finish/`,
      'POST /admin/collections/',
      `POST /admin/collections/${VIEW.id}/records/finish/`,
      'POST /admin/key-records/',
      `PATCH /admin/collections/${FEED.id}/`,
    ])
    const { id, alias, title, description, can_read, media_types, created } = FEED
    expect(jsonOf(asked, '/admin/collections/')).toEqual({
      ...{ id, alias, title, description, can_read, media_types, created, database: 'DB' },
    })
    expect(jsonOf(asked, '/admin/collections/', 1)).toEqual({
      ...{ id: VIEW.id, title: 'Some', can_read: true, created },
      view: { of: FEED.id, types: ['identity'], subtypes: ['ipv4-addr'], fill: false },
    })
    expect(jsonOf(asked, `${RECORDS}finish/`)).toEqual({
      after: date(COUNT - 1),
      last_added: date(COUNT + 5),
    })
    expect(jsonOf(asked, `/admin/collections/${FEED.id}/`)).toEqual({
      can_write: true,
      retention_days: 400,
    })
    expect(JSON.parse(out)).toMatchObject({
      collections: [{ alias: 'feed', added: COUNT }, { added: 0 }],
      keys: { restored: 1, without_object_name: ['key_2'] },
      has_same_key_secret: true,
    })
  })

  it('goes on behind the last date that is there', async () => {
    const there = [{ ...FEED, last_added: date(6), can_write: false, retention_days: null }]
    const { exitCode, asked, out } = await restore({ there })
    expect(exitCode).toBe(0)
    const [first] = sent(asked)
    expect(decodeURIComponent(first?.path ?? '')).toBe(`${RECORDS}?after=${date(6)}`)
    expect(first?.body.split('\n')[0]).toContain(date(7))
    expect(JSON.parse(out).collections[0]).toMatchObject({ added: 5, already_there: 7 })
  })

  it('opens what an interrupted one has not, and closes nothing', async () => {
    const patches = async (changes: Partial<CollectionState>) => {
      const { asked } = await restore({ there: [{ ...FEED, ...changes }] })
      return asked.filter(({ method }) => method === 'PATCH').map(({ body }) => JSON.parse(body))
    }
    expect(await patches({ can_write: false, retention_days: null })).toEqual([
      { can_write: true, retention_days: 400 },
    ])
    expect(await patches({ retention_days: null })).toEqual([{ retention_days: 400 }])
    expect(await patches({ retention_days: 30 })).toEqual([])
  })

  it('halves what the server finds too large', async () => {
    const answer = ({ path, body }: FakeRequest) =>
      path.startsWith(RECORDS) && body.split('\n').length > 5
        ? { status: 413, body: errorBody('payload_too_large', 'Too large.') }
        : undefined
    const { exitCode, asked, out } = await restore({ answer })
    expect(exitCode).toBe(0)
    const taken = asked.filter(
      ({ path, body }) => path.startsWith(RECORDS) && body.includes('date'),
    )
    const small = taken.filter(({ body }) => body.split('\n').length <= 5)
    expect(small.map(({ body }) => body).join('')).toBe(
      Array.from({ length: COUNT }, (_, n) => `{"date_added":"${date(n)}","object":{}}\n`).join(''),
    )
    expect(small.map(({ path }) => decodeURIComponent(path).split('after=')[1])).toEqual([
      ...[undefined, date(2), date(5), date(8)],
    ])
    expect(JSON.parse(out).collections[0].added).toBe(COUNT)
  })

  it('tries again while the server is busy, and stops where something else was written', async () => {
    let busy = 1
    const waits = await restore({
      answer: ({ path }) =>
        path.startsWith(RECORDS) && busy-- > 0
          ? { status: 503, body: errorBody('unavailable', 'Later.') }
          : undefined,
    })
    expect([waits.exitCode, waits.err]).toEqual([0, expect.stringContaining('trying again')])
    const problem = 'it was written to by something else'
    const stopped = await restore({
      answer: ({ path }) =>
        path.startsWith(RECORDS)
          ? { status: 409, body: errorBody('conflict', problem) }
          : undefined,
    })
    expect([stopped.exitCode, stopped.out]).toEqual([1, ''])
    expect(stopped.err).toContain(`feed: ${problem}`)
    expect(changes(stopped.asked)).not.toContain('POST /admin/key-records/')
  })

  it('fails when records were refused, and says which', async () => {
    const refused = [{ index: 3, id: 'x--3', version: null, message: 'is bad' }]
    const { exitCode, out } = await restore({
      answer: ({ path }) =>
        path.startsWith(RECORDS) && !path.includes('finish')
          ? { body: { received: COUNT, added: COUNT - 1, already_there: 0, refused } }
          : undefined,
    })
    expect(exitCode).toBe(1)
    expect(JSON.parse(out).collections[0]).toMatchObject({ refused: 1, reasons: refused })
  })

  it('warns of another secret and of tiers that are not there', async () => {
    const { exitCode, err, out } = await restore({
      health: { key_secret_fingerprint: '00', tiers: ['pro'] },
    })
    expect(exitCode).toBe(0)
    expect(err).toContain('another KEY_SECRET')
    expect(err).toContain('tier gone')
    expect(JSON.parse(out).has_same_key_secret).toBe(false)
  })
})

describe('databases', () => {
  it.each<[args: string[], database: string]>([
    [[], 'DB'],
    [['--database', 'DB_2'], 'DB_2'],
    [['--database', 'feed=DB_2'], 'DB_2'],
    [['--database', `${FEED.id}=DB_2`, '--database', 'DB'], 'DB_2'],
  ])('with %j it is %s', async (args, database) => {
    const { asked } = await restore({}, ...args)
    expect(jsonOf(asked, '/admin/collections/').database).toBe(database)
    expect(jsonOf(asked, '/admin/collections/', 1).database).toBeUndefined()
  })

  it('are left to the server where it has none of the old name', async () => {
    const { asked } = await restore({ health: { databases: [{ name: 'DB_7' }] } })
    expect(jsonOf(asked, '/admin/collections/').database).toBeUndefined()
  })
})

describe('nothing is changed', () => {
  const other = { ...FEED, id: '2b4f1f6e-6c6b-4c7e-9d1c-3f6a2b1c0d9e' }

  it.each<[what: string, target: Target, args: string[], problem: string]>([
    ['the title is taken', { there: [{ ...other, alias: 'x' }] }, [], 'has the title "Feed"'],
    ['the alias is taken', { there: [{ ...other, title: 'x' }] }, [], 'has the alias feed'],
    ['the id is a view', { there: [{ ...FEED, view_of: other.id }] }, [], 'of another kind'],
    ['the collection went on', { there: [{ ...FEED, last_added: date(900) }] }, [], 'another way'],
    ['it is in another database', { there: [FEED] }, ['--database', 'DB_2'], 'in the database DB'],
    ['a database is unknown', {}, ['--database', 'DB_9'], 'no database DB_9'],
    ['a collection is unknown', {}, ['--database', 'x=DB_2'], 'no collection x'],
  ])('when %s', async (_, target, args, problem) => {
    const { exitCode, out, err, asked } = await restore(target, ...args)
    expect([exitCode, out]).toEqual([1, ''])
    expect(err).toContain('Nothing was restored')
    expect(err).toContain(problem)
    expect(changes(asked)).toEqual([])
  })
})
