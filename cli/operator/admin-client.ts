// The operator's API as the CLI speaks it: JSON over HTTP, and failures in one line of words.
import { isJsonObject } from '../../src/stix/json-object.ts'
import { CliFailure, systemCode } from '../failure.ts'

export type AdminAnswer =
  | { kind: 'answer'; status: number; body: Record<string, unknown>; headers: Headers }
  | { kind: 'unreachable'; problem: string }

/** A body as the bytes that came. */
export type AdminBytes =
  | { kind: 'answer'; status: number; bytes: Buffer; headers: Headers }
  | { kind: 'unreachable'; problem: string }

export type AdminRequest = {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  path: string
  json?: unknown
  /** A body that is ready to be sent, in place of `json`. */
  bytes?: Uint8Array<ArrayBuffer>
}

const TIMEOUT_MS = 120_000

export class AdminClient {
  readonly url: string
  readonly #token: string

  /** `url` is the origin of the server, with or without a path before `/admin`. */
  constructor(url: string, token: string) {
    this.url = url.replace(/\/+$/, '')
    this.#token = token
  }

  /** The body of a successful answer. Throws CliFailure for any other. */
  async call<Body extends object>(request: AdminRequest): Promise<Body> {
    const answer = await this.send(request)
    if (answer.kind === 'answer' && answer.status < 300) return answer.body as Body
    throw new CliFailure(missingProblem(request, answer) ?? problemOf(this.url, answer))
  }

  /** One request, whatever comes of it. */
  async send(request: AdminRequest): Promise<AdminAnswer> {
    return parsedAnswer(await this.receive(request))
  }

  /** The same with the body as it came. */
  async receive({ method = 'GET', path, json, bytes }: AdminRequest): Promise<AdminBytes> {
    const hasBody = json !== undefined || bytes !== undefined
    try {
      const response = await fetch(`${this.url}${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${this.#token}`,
          Accept: 'application/json',
          ...(hasBody && { 'Content-Type': 'application/json' }),
        },
        body: bytes ?? (json === undefined ? null : JSON.stringify(json)),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: 'manual',
      })
      const body = Buffer.from(await response.arrayBuffer())
      return { kind: 'answer', status: response.status, bytes: body, headers: response.headers }
    } catch (error) {
      return { kind: 'unreachable', problem: unreachableProblem(error) }
    }
  }
}

export function parsedAnswer(answer: AdminBytes): AdminAnswer {
  if (answer.kind === 'unreachable') return answer
  const { status, bytes, headers } = answer
  return { kind: 'answer', status, body: parseRecord(bytes.toString('utf8')), headers }
}

/** Why a request failed, in one line, with the server's own words and request id if it gave any. */
export function problemOf(url: string, answer: AdminAnswer): string {
  if (answer.kind === 'unreachable') {
    return `The server at ${url} cannot be reached: ${answer.problem}`
  }
  const { status, body, headers } = answer
  const error = isJsonObject(body.error) ? body.error : {}
  if (status === 401) {
    return `The server at ${url} refused the operator token. Set TAXII_EDGE_TOKEN to its ADMIN_TOKEN or to an operator's own.`
  }
  if (typeof error.message !== 'string') {
    return `${url} answered with HTTP ${status} and is probably not a taxii-edge server`
  }
  const requestId = error.request_id ?? headers.get('X-Request-Id')
  const suffix = typeof requestId === 'string' ? `, request id ${requestId}` : ''
  return `${error.message} (HTTP ${status}${suffix})`
}

/** Names what a path of the operator's API names, when it is not there. */
function missingProblem({ path }: AdminRequest, answer: AdminAnswer): string | undefined {
  if (answer.kind !== 'answer' || answer.status !== 404 || !isJsonObject(answer.body.error)) {
    return undefined
  }
  const [, kind, id] = /^\/admin\/(key|collection|operator)s\/([^/?]+)\//.exec(path) ?? []
  return kind && id && `There is no ${kind} ${decodeURIComponent(id)}`
}

function unreachableProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer in ${TIMEOUT_MS / 1000} s`
  const { cause } = error
  const code = systemCode(cause)
  if (code === 'ECONNREFUSED') return 'nothing listens there'
  if (code === 'ENOTFOUND') return 'no such host'
  return cause instanceof Error && cause.message !== '' ? cause.message : (code ?? error.message)
}

/** The JSON object in a text; empty when there is none. */
function parseRecord(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : {}
  } catch {
    return {}
  }
}
