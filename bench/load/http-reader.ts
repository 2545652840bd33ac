// A plain HTTP client for what is not load: whole bodies, no decoding, one connection or a few.
import { Agent, type IncomingHttpHeaders, request } from 'node:http'

export type Answer = { status: number; headers: IncomingHttpHeaders; body: Buffer }
export type Headers = Record<string, string>

const TIMEOUT_MS = 120_000

export class HttpReader {
  readonly #agent: Agent

  constructor(connections = 1) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections })
  }

  /** Any status is an answer; only a broken connection throws. */
  async send(url: string, headers: Headers, posted?: string): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const method = posted === undefined ? 'GET' : 'POST'
    const sent = request(url, { agent: this.#agent, method, headers, timeout: TIMEOUT_MS })
    sent.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const { statusCode = 0, headers } = response
        resolve({ status: statusCode, headers, body: Buffer.concat(chunks) })
      })
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer from ${url}`)))
    sent.on('error', reject)
    sent.end(posted)
    return await promise
  }

  /** Throws for any status but 2xx, with the beginning of what was answered. */
  async require(url: string, headers: Headers, posted?: string): Promise<Answer> {
    const answer = await this.send(url, headers, posted)
    if (answer.status >= 200 && answer.status < 300) return answer
    const said = answer.body.toString('utf8', 0, 300)
    throw new Error(`${url} answered with HTTP ${answer.status}: ${said}`)
  }

  close(): void {
    this.#agent.destroy()
  }
}
