// What stands before the Worker in the embedded runtime: only the front gets through, and a client
// that is refused while it sends hears of it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TrustedProxies } from '../../cli/front/client-address.ts'
import { Front } from '../../cli/front/front.ts'
import { makeDataFolder, PROJECT_ROOT } from './support/server.ts'

const SECRET = 'of this test'

/** Refuses without a look at the body, refuses in the midst of it, or takes all of it. */
const WORKER = `export default {
  async fetch(request) {
    const { pathname } = new URL(request.url)
    if (pathname === '/unread') return new Response('refused', { status: 401 })
    let bytes = 0
    let sum = 0
    for await (const chunk of request.body ?? []) {
      bytes += chunk.byteLength
      for (const byte of chunk) sum = (sum * 31 + byte) % 1_000_003
      if (pathname === '/half-read' && bytes > 100_000) return new Response('refused', { status: 413 })
    }
    return Response.json({ bytes, sum })
  },
}`

const folder = makeDataFolder()
let runtime: Miniflare
let front: Front
let target: URL

beforeAll(async () => {
  const gate = readFileSync(join(PROJECT_ROOT, 'cli/front/gate.js'), 'utf8')
  runtime = new Miniflare(
    convertV4MiniflareOptions({
      name: 'gate',
      rootPath: folder.path,
      modules: [
        { type: 'ESModule', path: join(folder.path, 'gate.js'), contents: gate },
        { type: 'ESModule', path: join(folder.path, 'index.js'), contents: WORKER },
      ],
      bindings: { FRONT_SECRET: SECRET },
      compatibilityDate: '2026-10-15',
      unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
      cf: false,
      logRequests: false,
    }),
  )
  await runtime.ready
  target = await runtime.unsafeGetDirectURL()
  const proxies = new TrustedProxies([])
  front = await Front.listen({ host: '127.0.0.1', port: 0, target, secret: SECRET, proxies })
})

afterAll(async () => {
  await front.end(0)
  await runtime.dispose()
  folder.remove()
})

async function send(path: string, body: Uint8Array<ArrayBuffer>) {
  const response = await fetch(`${front.url}${path}`, { method: 'POST', body })
  return { status: response.status, text: await response.text() }
}

function sumOf(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 0)
}

test('lets nothing through that did not come by the front', async () => {
  const direct = async (headers: Record<string, string>) =>
    (await fetch(target, { headers })).status
  expect(await direct({})).toBe(403)
  expect(await direct({ 'X-Front-Secret': 'a guess' })).toBe(403)
  expect(await direct({ 'X-Front-Secret': SECRET })).toBe(200)
})

test.each([0, 1, 65_536, 200_001, 9_000_000])(
  'hands on a body of %i bytes as it is',
  async (size) => {
    const body = Uint8Array.from({ length: size }, (_, at) => (at * 7) % 251)
    const { status, text } = await send('/', body)
    expect(status).toBe(200)
    expect(JSON.parse(text)).toEqual({ bytes: size, sum: sumOf(body) })
  },
)

test.each([10, 200_000, 5_000_000, 20_000_000])('hears a refusal of %i bytes', async (size) => {
  const body = new Uint8Array(size)
  expect(await send('/unread', body)).toEqual({ status: 401, text: 'refused' })
  const half = await send('/half-read', body)
  expect(half.status).toBe(size > 100_000 ? 413 : 200)
})
