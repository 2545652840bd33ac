// How a server ends: what is under way is finished, what was acknowledged is kept, and nobody waits
// for ever.
import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request as openRequest } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterAll, expect, test } from 'vitest'
import {
  isGone,
  makeDataFolder,
  portIsClosed,
  type RunningServer,
  startServer,
} from './support/server.ts'

const data = makeDataFolder()
const MAIN = '/api/taxii2/api/collections/soc-defenders-all/objects/'
const TAXII = 'application/taxii+json;version=2.1'

afterAll(() => data.remove())

async function start(args: string[] = [], env: Record<string, string> = {}) {
  return await startServer(data.path, { args: ['--no-sample', ...args], env })
}

function identity(name: string) {
  const now = new Date().toISOString()
  const id = `identity--${crypto.randomUUID()}`
  return { type: 'identity', spec_version: '2.1', id, created: now, modified: now, name }
}

type Identity = ReturnType<typeof identity>
type Posted = { success_count: number }

async function post({ ready }: RunningServer, objects: Identity[]): Promise<Posted> {
  const response = await fetch(`${ready.url}${MAIN}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${ready.keys.writer}`, 'Content-Type': TAXII, Accept: TAXII },
    body: JSON.stringify({ objects }),
  })
  return (await response.json()) as Posted
}

async function storedIds({ ready }: RunningServer, ids: string[]): Promise<Set<string>> {
  const found = new Set<string>()
  const headers = { Authorization: `Bearer ${ready.keys.writer}`, Accept: TAXII }
  for (let at = 0; at < ids.length; at += 50) {
    const query = `match[id]=${ids.slice(at, at + 50).join()}&limit=1000`
    const response = await fetch(`${ready.url}${MAIN}?${query}`, { headers })
    const { objects } = (await response.json()) as { objects: Identity[] }
    for (const { id } of objects) found.add(id)
  }
  return found
}

/** A request that has come to the server and waits for the rest of its body. */
async function beginPost({ ready }: RunningServer): Promise<ClientRequest> {
  const headers = {
    Authorization: `Bearer ${ready.keys.writer}`,
    'Content-Type': TAXII,
    Accept: TAXII,
    Expect: '100-continue',
  }
  const begun = openRequest(`${ready.url}${MAIN}`, { method: 'POST', headers })
  begun.on('error', () => {})
  begun.flushHeaders()
  await once(begun, 'continue')
  return begun
}

async function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  return await new Promise((resolve) => request.once('response', resolve))
}

/** Facing its clients, and behind the front that other machines' clients need. */
const PLACINGS = ['', '--trusted-proxy=127.0.0.1']

test.each(PLACINGS)('finishes what is under way, takes nothing new %s', async (placing) => {
  const server = await start(placing === '' ? [] : [placing], { PAGE_BYTES_MAX: '10000000' })
  const begun = new Date().toISOString()
  const large = Array.from({ length: 45 }, (_, at) => identity(`${at}${'-'.repeat(200_000)}`))
  for (let at = 0; at < large.length; at += 20) await post(server, large.slice(at, at + 20))
  const headers = { Authorization: `Bearer ${server.ready.keys.writer}`, Accept: TAXII }
  const asked = openRequest(`${server.ready.url}${MAIN}?limit=1000&added_after=${begun}`, {
    headers,
  }).end()
  // Nothing is read yet, and it is more than the system holds for us.
  const download = await answerOf(asked)
  const upload = await beginPost(server)
  const late = identity('late')
  upload.write('{"objects":[')

  const ended = server.end('SIGTERM')
  expect(await portIsClosed(server.ready.url)).toBe(true)
  expect(server.process.exitCode).toBeNull()
  upload.end(`${JSON.stringify(late)}]}`)
  const answer = await answerOf(upload)
  expect(answer.statusCode).toBe(202)
  expect(await json(answer)).toMatchObject({ success_count: 1 })
  const { objects } = (await json(download)) as { objects: Identity[] }
  expect(objects.map(({ id }) => id)).toEqual(large.map(({ id }) => id))
  expect((await ended).exitCode).toBe(0)

  const again = await start()
  expect((await storedIds(again, [late.id])).has(late.id)).toBe(true)
  await again.end('SIGTERM')
})

test.each(PLACINGS)('keeps every write that it acknowledged %s', async (placing) => {
  const server = await start(placing === '' ? [] : [placing])
  const acknowledged: string[] = []
  const write = async () => {
    for (;;) {
      const objects = [identity('a'), identity('b')]
      const posted = await post(server, objects).catch(() => undefined)
      if (posted === undefined) return
      expect(posted.success_count).toBe(2)
      acknowledged.push(...objects.map(({ id }) => id))
    }
  }
  const writers = Promise.all([write(), write(), write(), write()])
  while (acknowledged.length < 40) await new Promise((resolve) => setTimeout(resolve, 5))
  const ended = await server.end('SIGTERM')
  await writers
  expect(ended.exitCode).toBe(0)

  const again = await start()
  expect(await storedIds(again, acknowledged)).toEqual(new Set(acknowledged))
  await again.end('SIGTERM')
})

test.each([
  ['', 'Requests were cut short after 1 s\n'],
  ['--trusted-proxy=127.0.0.1', 'Requests cut short after 1 s: 1\n'],
])('waits no longer than it was told %s', async (placing, said) => {
  const server = await start(['--drain', '1', ...(placing === '' ? [] : [placing])])
  const begun = await beginPost(server)
  const { exitCode, err } = await server.end('SIGTERM')
  expect(exitCode).toBe(0)
  expect(err).toContain(said)
  expect(await isGone(server.runtime)).toBe(true)
  begun.destroy()
})

test('ends at once by a second signal', async () => {
  const server = await start(['--drain', '3600'])
  const begun = await beginPost(server)
  const first = server.end('SIGTERM')
  expect(await portIsClosed(server.ready.url)).toBe(true)
  expect(server.process.exitCode).toBeNull()
  server.process.kill('SIGTERM')
  expect((await first).exitCode).toBe(1)
  expect(await isGone(server.runtime)).toBe(true)
  begun.destroy()
})
