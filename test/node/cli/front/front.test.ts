// The front before a stand-in for the Worker: what passes either way, and how it ends.
import { once } from 'node:events'
import { type IncomingMessage, request as openRequest, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { TrustedProxies } from '../../../../cli/front/client-address.ts'
import { Front } from '../../../../cli/front/front.ts'
import { uploadChunked } from '../support/chunked-upload.ts'
import { startUpstream, type Upstream } from '../support/upstream.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

async function behind(handle: Handler, trusted: string[] = []) {
  const upstream = await startUpstream(handle)
  const front = await Front.listen({
    host: '127.0.0.1',
    port: 0,
    target: upstream.url,
    secret: 'the secret',
    proxies: new TrustedProxies(trusted),
  })
  onTestFinished(async () => {
    await front.end(0)
    await upstream.close()
  })
  return { front, upstream }
}

/** Answers with what it was sent. */
const echo: Handler = async (request, response) => {
  const { method, url, headers } = request
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify({ method, url, headers, body: await text(request) }))
}

type Echoed = { method: string; url: string; headers: Record<string, string>; body: string }

test('hands on method, target, headers and body', async () => {
  const { front } = await behind(echo)
  const response = await fetch(`${front.url}/a%20b/?x=%2F&y`, {
    method: 'POST',
    headers: { Authorization: 'Bearer key', Accept: 'a/b' },
    body: 'the body',
  })
  expect((await response.json()) as Echoed).toMatchObject({
    method: 'POST',
    url: '/a%20b/?x=%2F&y',
    headers: { authorization: 'Bearer key', accept: 'a/b', host: new URL(front.url).host },
    body: 'the body',
  })
})

test('drops what a client says about itself, and says what it knows', async () => {
  const { front } = await behind(echo)
  const claims = {
    'CF-Connecting-IP': '203.0.113.9',
    'CF-IPCountry': 'XX',
    'MF-CF-Blob': '{}',
    'MF-Original-URL': 'https://other.example/',
    'True-Client-IP': '203.0.113.9',
    'X-Real-IP': '203.0.113.9',
    'X-Forwarded-For': '203.0.113.9',
    'X-Forwarded-Host': 'other.example',
    'X-Forwarded-Proto': 'https',
    Forwarded: 'for=203.0.113.9',
    'X-Front-Secret': 'a guess',
    'X-Other': 'stays',
  }
  const response = await fetch(front.url, { headers: claims })
  const { headers } = (await response.json()) as Echoed
  const claimed = Object.keys(claims).filter((name) => name.toLowerCase() in headers)
  expect(claimed).toEqual(['CF-Connecting-IP', 'X-Front-Secret', 'X-Other'])
  expect(headers).toMatchObject({
    'cf-connecting-ip': '127.0.0.1',
    'x-front-secret': 'the secret',
    'x-other': 'stays',
  })
})

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['unknown', undefined],
])('takes %s from a trusted proxy as %s', async (forwardedFor, expected) => {
  const { front } = await behind(echo, ['127.0.0.1'])
  const response = await fetch(front.url, { headers: { 'X-Forwarded-For': forwardedFor } })
  const { headers } = (await response.json()) as Echoed
  expect(headers['cf-connecting-ip']).toBe(expected)
})

/** One request on a connection of its own, with a target that fetch would not send. */
async function raw(front: Front, head: string): Promise<string> {
  const { hostname, port } = new URL(front.url)
  const socket = connect(Number(port), hostname)
  socket.write(`${head}\r\nHost: x\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n\r\n`)
  return await text(socket)
}

test('takes both forms of a target, and no other', async () => {
  const { front } = await behind(echo)
  expect(await raw(front, 'GET http://other.example/a?b HTTP/1.1')).toContain('"url":"/a?b"')
  expect(await raw(front, 'GET /a?b HTTP/1.1')).toContain('"url":"/a?b"')
  expect(await raw(front, 'OPTIONS * HTTP/1.1')).toMatch(/^HTTP\/1\.1 400 /)
})

test.each(['/\\admin/', '/a?b=\\', 'http://x\\admin/', '/ad\tmin/', '/ad\x7fmin'])(
  'lets %j through to nobody',
  async (target) => {
    const { front, upstream } = await behind(echo)
    expect(await raw(front, `GET ${target} HTTP/1.1`)).toMatch(/^HTTP\/1\.1 400 /)
    expect(upstream.count()).toBe(0)
  },
)

test('keeps headers of one connection to itself', async () => {
  const { front } = await behind(echo)
  const answer = await raw(front, 'GET / HTTP/1.1')
  expect(answer).not.toContain('"x-hop"')
  expect(answer).toMatch(/^Connection: close\r$/m)
})

test('hands back status, headers and a body of any kind', async () => {
  const body = Buffer.from([0x1f, 0x8b, 0, 255, 128])
  const { front } = await behind((_request, response) => {
    response.writeHead(
      206,
      [
        ['X-A', '1'],
        ['X-A', '2'],
        ['ETag', '"e"'],
      ].flat(),
    )
    response.end(body)
  })
  const response = await fetch(front.url)
  expect([response.status, response.headers.get('X-A'), response.headers.get('ETag')]).toEqual([
    206,
    '1, 2',
    '"e"',
  ])
  expect(Buffer.from(await response.arrayBuffer())).toEqual(body)
})

test('answers HEAD with the headers of GET', async () => {
  const { front } = await behind((_request, response) => {
    response.setHeader('Content-Length', '1234')
    response.end()
  })
  const response = await fetch(front.url, { method: 'HEAD' })
  expect(response.headers.get('Content-Length')).toBe('1234')
})

test('answers 503 while nothing is behind it', async () => {
  const { front, upstream } = await behind(echo)
  await upstream.close()
  const response = await fetch(front.url)
  expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '5'])
  expect(await response.json()).toMatchObject({ http_status: '503', error_code: 'unavailable' })
})

test('asks again when a kept connection turns out to have been closed', async () => {
  let count = 0
  const { front } = await behind((request, response) => {
    count += 1
    if (count === 2) request.socket.destroy()
    else response.end(`answer ${count}`)
  })
  const answers = [await fetch(front.url), await fetch(front.url)]
  expect(await Promise.all(answers.map((each) => each.text()))).toEqual(['answer 1', 'answer 3'])
})

test('never sends a body twice', async () => {
  let count = 0
  const { front } = await behind(async (request, response) => {
    count += 1
    if ((await text(request)) === 'cut') request.socket.destroy()
    else response.end()
  })
  await (await fetch(front.url, { method: 'POST', body: 'whole' })).text()
  const cut = await fetch(front.url, { method: 'POST', body: 'cut' })
  expect([cut.status, count]).toEqual([503, 2])
})

test.each<[what: string, handle: Handler]>([
  ['was answered', (_request, response) => void response.writeHead(413).end('too much')],
  ['nobody takes', (request) => void request.socket.destroy()],
])('reads a body that %s to a bound, and no further', async (_, handle) => {
  const { front } = await behind(handle)
  const { taken } = await uploadChunked({ url: front.url, bytes: 200_000_000 })
  expect(taken).toBeLessThan(80_000_000)
})

test('lets the client see that an answer is not whole', async () => {
  const { front } = await behind((request, response) => {
    response.write('half')
    setImmediate(() => request.socket.destroy())
  })
  const response = await fetch(front.url)
  await expect(response.text()).rejects.toThrow()
})

test('ends the request behind it when the client has gone', async () => {
  const { promise: hasGone, resolve: gone } = Promise.withResolvers<void>()
  const { promise: hasCome, resolve: come } = Promise.withResolvers<void>()
  const { front } = await behind((request) => {
    request.socket.once('close', () => gone())
    come()
  })
  const leaving = openRequest(front.url).on('error', () => {})
  leaving.end()
  await hasCome
  leaving.destroy()
  await hasGone
  await front.end(0)
  expect(front.requestsUnderWay).toBe(0)
})

/** A request that has come to the Worker and waits there. */
async function waiting(upstream: Upstream, front: Front) {
  const answer = fetch(front.url).then(async (response) => await response.text())
  const { response } = await upstream.next()
  return { answer, release: () => response.end('the end') }
}

test('ends when what is under way is answered, and takes nothing new', async () => {
  const { front, upstream } = await behind(() => {})
  const first = await waiting(upstream, front)
  const second = await waiting(upstream, front)
  const { url } = front
  const ended = front.end(3_600_000)
  await turn()
  await expect(fetch(url)).rejects.toThrow()
  first.release()
  expect(await first.answer).toBe('the end')
  second.release()
  expect(await second.answer).toBe('the end')
  expect(await ended).toBe(0)
})

test('cuts short what is still under way at the deadline, and says how much', async () => {
  const { front, upstream } = await behind(() => {})
  const { answer } = await waiting(upstream, front)
  const isCut = expect(answer).rejects.toThrow()
  expect(await front.end(1)).toBe(1)
  await isCut
})

test('does not wait for connections that ask nothing', async () => {
  const { front } = await behind(echo)
  const { hostname, port } = new URL(front.url)
  const silent = connect(Number(port), hostname)
  await once(silent, 'connect')
  await (await fetch(front.url)).text()
  expect(await front.end(3_600_000)).toBe(0)
  await once(silent, 'close')
})
