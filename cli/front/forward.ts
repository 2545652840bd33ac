// One request on its way to the Worker, and the answer on its way back. Nothing is held: either
// side is read only as fast as the other takes it.
import { Agent, type IncomingMessage, request as openRequest, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream'
import { outward } from './headers.ts'

type Headers = Record<string, string | string[]>

/** A request on its way. */
type Passage = {
  request: IncomingMessage
  response: ServerResponse
  /** As the Worker gets them. */
  path: string
  headers: Headers
}

const RETRY_AFTER_SECONDS = 5

/** Of a body that nobody takes any more: so much is read, for a client that hears only then. */
const UNHEARD_BYTES_MAX = 50_000_000

export class Forwarder {
  readonly #target: { hostname: string; port: string }
  readonly #kept = new Agent({ keepAlive: true, scheduling: 'lifo' })
  /** For bodies: a connection of its own cannot turn out to have been closed when half is sent. */
  readonly #fresh = new Agent({ keepAlive: false })

  constructor({ hostname, port }: URL) {
    this.#target = { hostname, port }
  }

  forward(passage: Passage): void {
    this.#attempt(passage, true)
  }

  close(): void {
    this.#kept.destroy()
    this.#fresh.destroy()
  }

  #attempt(passage: Passage, mayRepeat: boolean): void {
    const { request, response, path, headers } = passage
    const { method } = request
    const hasBody = 'content-length' in headers || 'transfer-encoding' in headers
    const agent = hasBody ? this.#fresh : this.#kept
    const upstream = openRequest({ ...this.#target, agent, method, path, headers })
    const { bytesRead } = request.socket
    upstream.on('response', (answer) => {
      // The Worker has heard out what it will; the server would read the rest, however long it is.
      if (!request.complete) response.shouldKeepAlive = false
      send(answer, response)
    })
    upstream.on('error', () => {
      request.unpipe(upstream)
      readOut(request, bytesRead + UNHEARD_BYTES_MAX)
      if (response.headersSent || response.destroyed) return
      // A kept connection may have been closed at the very moment it was taken.
      if (mayRepeat && !hasBody && upstream.reusedSocket) {
        this.#attempt(passage, false)
      } else {
        refuse(response)
      }
    })
    response.once('close', () => {
      if (!response.writableFinished) upstream.destroy()
    })
    if (hasBody) request.pipe(upstream)
    else upstream.end()
  }
}

function send(answer: IncomingMessage, response: ServerResponse): void {
  const headers = outward(answer.rawHeaders)
  response.writeHead(answer.statusCode ?? 0, answer.statusMessage, headers)
  // A failure on either side ends the other; the client sees that the answer is not whole.
  pipeline(answer, response, () => {})
}

/** Up to that many bytes of the connection, at which it is closed. */
function readOut(request: IncomingMessage, bytesMax: number): void {
  request.on('data', () => {
    if (request.socket.bytesRead > bytesMax) request.destroy()
  })
  request.resume()
}

/** The runtime is not there: it has crashed, and is started again. */
function refuse(response: ServerResponse): void {
  const body = {
    title: 'Unavailable',
    description: 'The server cannot answer at the moment. Try again later.',
    error_code: 'unavailable',
    http_status: '503',
  }
  response.writeHead(503, {
    'Content-Type': 'application/taxii+json;version=2.1',
    'Cache-Control': 'no-store',
    'Retry-After': String(RETRY_AFTER_SECONDS),
  })
  response.end(JSON.stringify(body))
}
