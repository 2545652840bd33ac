// Speaks to the Worker as a client would: over HTTP, with whatever key and headers are given.
import { env, exports } from 'cloudflare:workers'

export const ORIGIN = 'https://taxii.test'
export const ROOT = '/api/taxii2/api'
export const TAXII = 'application/taxii+json;version=2.1'

export type Asked = {
  method?: string
  key?: string
  headers?: Record<string, string>
  body?: BodyInit
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever members the answer has
export type Answer = { status: number; headers: Headers; text: string; json: any }

export async function ask(path: string, asked: Asked = {}): Promise<Answer> {
  return await answerOf(await exports.default.fetch(requestOf(path, asked)))
}

export function requestOf(path: string, asked: Asked = {}): Request {
  const { method = 'GET', key, headers = {}, body } = asked
  const sent = new Headers({ Accept: TAXII, ...headers })
  if (key !== undefined) sent.set('Authorization', `Bearer ${key}`)
  return new Request(new URL(path, ORIGIN), {
    method,
    headers: sent,
    ...(body === undefined ? {} : { body }),
  })
}

export async function answerOf(response: Response): Promise<Answer> {
  // Not by text(): workerd warns of a content type that does not begin with text or hold json.
  const text = new TextDecoder().decode(await response.arrayBuffer())
  return { status: response.status, headers: response.headers, text, json: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A request to the operator's API; throws when it is refused, since a test's world must stand. */
export async function operate(method: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await ask(`/admin${path}`, {
    method,
    key: env.ADMIN_TOKEN,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
  return answer
}
