// What the network sees of an embedded server: an HTTP server in the parent process that hands
// every request to the Worker, tells it who asks, and can end without cutting anybody short.
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { clientAddress, type TrustedProxies } from './client-address.ts'
import { Forwarder } from './forward.ts'
import { inward } from './headers.ts'

export type FrontOptions = {
  host: string
  port: number
  /** Where the Worker listens. */
  target: URL
  /** That the Worker knows the front by. */
  secret: string
  proxies: TrustedProxies
}

/** A request line with long filters and a `next` of 65,536 characters, and headers. */
const HEADER_BYTES_MAX = 131_072
/** Longer than a proxy keeps an idle connection, so that it is the one to close it. */
const KEEP_ALIVE_MS = 90_000
/** Without a byte in either direction. */
const SILENCE_MS = 180_000

export class Front {
  readonly #server: Server
  readonly #host: string
  readonly #forwarder: Forwarder
  readonly #underWay = new Set<ServerResponse>()
  #allDone: () => void = () => {}
  #isEnding = false

  /** Throws what the system says when the port cannot be had. */
  static async listen(options: FrontOptions): Promise<Front> {
    const front = new Front(options)
    front.#server.listen(options.port, options.host)
    await once(front.#server, 'listening')
    return front
  }

  private constructor({ host, target, secret, proxies }: FrontOptions) {
    this.#host = host
    this.#forwarder = new Forwarder(target)
    this.#server = createServer(
      { maxHeaderSize: HEADER_BYTES_MAX, keepAliveTimeout: KEEP_ALIVE_MS },
      (request, response) => {
        const path = pathOf(request.url)
        if (path === undefined) return void response.writeHead(400).end()
        this.#follow(response)
        const { remoteAddress } = request.socket
        // Node joins what came in several headers of the name.
        const forwardedFor = request.headers['x-forwarded-for'] as string | undefined
        const client = clientAddress(remoteAddress, forwardedFor, proxies)
        const headers = inward(request.headers, { secret, clientAddress: client })
        this.#forwarder.forward({ request, response, path, headers })
      },
    )
    this.#server.setTimeout(SILENCE_MS)
  }

  /** Origin by which this machine reaches it. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    const host = REACHED_BY[this.#host] ?? this.#host
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  }

  /** Requests that have come and are not answered to the end. */
  get requestsUnderWay(): number {
    return this.#underWay.size
  }

  /** Takes nothing new, and waits for what is under way; gives the number it cut short. */
  async end(deadlineMs: number): Promise<number> {
    this.#isEnding = true
    for (const response of this.#underWay) response.shouldKeepAlive = false
    this.#server.close()
    this.#server.closeIdleConnections()
    if (this.#underWay.size > 0) {
      const allDone = new Promise<void>((resolve) => {
        this.#allDone = resolve
      })
      await Promise.race([allDone, sleep(deadlineMs, undefined, { ref: false })])
    }
    const cutShort = this.#underWay.size
    this.#server.closeAllConnections()
    this.#forwarder.close()
    return cutShort
  }

  #follow(response: ServerResponse): void {
    this.#underWay.add(response)
    if (this.#isEnding) response.shouldKeepAlive = false
    response.once('close', () => {
      this.#underWay.delete(response)
      if (!this.#isEnding) return
      response.socket?.end()
      if (this.#underWay.size === 0) this.#allDone()
    })
  }
}

/**
 * Of a request target in either form that a server must take (RFC 9112 §3.2). The Worker would read
 * a backslash as a slash, and pass over a control character; a proxy with rules about paths does
 * not, so neither is let through.
 */
function pathOf(target = ''): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  if (/[\\\x00-\x20\x7f]/.test(target)) return undefined
  if (target.startsWith('/')) return target
  const url = /^https?:\/\//i.test(target) ? URL.parse(target) : null
  return url === null ? undefined : `${url.pathname}${url.search}`
}

const REACHED_BY: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
