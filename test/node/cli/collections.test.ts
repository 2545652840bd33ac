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

test('lists collections with the names of their parents', async () => {
  const view = { ...COLLECTION, id: '1', alias: 'view', view_of: COLLECTION.id, can_write: false }
  const server = await fakeServer(() => ({ body: { collections: [COLLECTION, view] } }))
  const { out } = await run(['collection', 'list'], { url: server.url })
  expect(out).toMatch(/view +Feed +feed +read +never/)
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
