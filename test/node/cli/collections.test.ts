// The collection commands, and the question before a collection is deleted.
import { expect, test } from 'vitest'
import { type Answerer, COLLECTION } from './support/fake-server.ts'
import { fakeServer, run } from './support/run.ts'

const deletable: Answerer = ({ method }) => (method === 'DELETE' ? { body: {} } : undefined)

test('creates a view of a collection', async () => {
  const server = await fakeServer(() => ({ status: 201, body: COLLECTION }))
  const args = [
    'collection',
    'create',
    '--title',
    'Hashes',
    '--alias',
    'hashes',
    '--of',
    'feed',
    '--type',
    'identity',
    '--subtype',
    'file',
    '--subtype',
    'artifact',
    '--json',
  ]
  const { exitCode } = await run(args, { url: server.url })
  expect(exitCode).toBe(0)
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
    title: 'Hashes',
    alias: 'hashes',
    can_read: true,
    view: { of: 'feed', types: ['identity'], subtypes: ['file', 'artifact'] },
  })
})

test('creates a collection that may be written to', async () => {
  const server = await fakeServer(() => ({ status: 201, body: COLLECTION }))
  const args = ['collection', 'create', '--title', 'Feed', '--writable', '--no-read']
  const { out } = await run(args, { url: server.url })
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
    title: 'Feed',
    can_read: false,
    can_write: true,
  })
  expect(out).toContain(COLLECTION.id)
})

test('creates a collection in a database, and for so many days', async () => {
  const body = { ...COLLECTION, database: 'DB_2', retention_days: 1 }
  const server = await fakeServer(() => ({ status: 201, body }))
  const args = ['collection', 'create', '--title', 'Feed', '--database', 'DB_2', '--retention', '1']
  const { out } = await run(args, { url: server.url })
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
    title: 'Feed',
    can_read: true,
    database: 'DB_2',
    retention_days: 1,
  })
  expect(out).toMatch(/kept for +1 day\n/)
  expect(out).toMatch(/database +DB_2\n/)
})

test.each([
  ['--retention', '0'],
  ['--retention', '36501'],
  ['--retention', 'week'],
  ['--of', 'feed', '--type', 'identity', '--retention', '7'],
])('refuses to create one with %s %s', async (...more) => {
  expect((await run(['collection', 'create', '--title', 'Feed', ...more])).exitCode).toBe(2)
})

test('changes what is named and nothing else', async () => {
  const server = await fakeServer(() => ({ body: { ...COLLECTION, retention_days: 30 } }))
  const args = ['collection', 'change', 'feed', '--title', 'Fed', '--no-writable', '--readable']
  const { exitCode, out, err } = await run(
    [...args, '--retention', '30', '--reset', 'alias', '--reset', 'description'],
    { url: server.url },
  )
  expect(exitCode).toBe(0)
  expect(out).toMatch(/kept for +30 days\n/)
  const before = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10)
  expect(err).toBe(`What was added before ${before} goes with the next housekeeping.\n`)
  const [request] = server.requests
  expect(request).toMatchObject({ method: 'PATCH', path: '/admin/collections/feed/' })
  expect(JSON.parse(request?.body ?? '')).toEqual({
    title: 'Fed',
    can_read: true,
    can_write: false,
    retention_days: 30,
    alias: null,
    description: null,
  })
})

test('takes retention back without a warning', async () => {
  const server = await fakeServer(() => ({ body: COLLECTION }))
  const args = ['collection', 'change', 'feed', '--reset', 'retention']
  const { out, err } = await run(args, { url: server.url })
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ retention_days: null })
  expect(out).toMatch(/kept for +ever\n/)
  expect(err).toBe('')
})

test.each([
  [[]],
  [['--reset', 'title']],
  [['--alias', 'a', '--reset', 'alias']],
  [['--retention', '0']],
])('changes nothing for %j', async (more) => {
  const { exitCode, err } = await run(['collection', 'change', 'feed', ...more])
  expect(exitCode).toBe(2)
  expect(err).not.toBe('')
})

test('lists collections with the names of their parents', async () => {
  const view = { ...COLLECTION, id: '1', alias: 'view', view_of: COLLECTION.id, can_write: false }
  const server = await fakeServer(() => ({ body: { collections: [COLLECTION, view] } }))
  const { out } = await run(['collection', 'list'], { url: server.url })
  expect(out).toMatch(/view +Feed +feed +read +DB +never/)
})

test('deletes after the alias was typed', async () => {
  const server = await fakeServer(deletable)
  const args = ['collection', 'delete', 'feed']
  const { exitCode, out } = await run(args, { url: server.url, answers: ['feed'] })
  expect(exitCode).toBe(0)
  expect(out).toBe('Deleted feed.\n')
  const { id } = COLLECTION
  expect(server.requests.at(-1)).toMatchObject({
    method: 'DELETE',
    path: `/admin/collections/${id}/?confirm=${id}`,
  })
})

test('deletes nothing when anything else was typed', async () => {
  const server = await fakeServer(deletable)
  const args = ['collection', 'delete', 'feed']
  const { exitCode, err } = await run(args, { url: server.url, answers: ['y'] })
  expect(exitCode).toBe(1)
  expect(err).toBe('Nothing was deleted.\n')
  expect(server.requests.map(({ method }) => method)).toEqual(['GET'])
})

test('deletes without a terminal only with --yes', async () => {
  const server = await fakeServer(deletable)
  const refused = await run(['collection', 'delete', 'feed'], { url: server.url })
  expect(refused.exitCode).toBe(2)
  expect(server.requests.map(({ method }) => method)).toEqual(['GET'])
  const deleted = await run(['collection', 'delete', 'feed', '--yes'], { url: server.url })
  expect(deleted.exitCode).toBe(0)
})
