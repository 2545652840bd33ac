// Asks the Worker as it would be in another environment: other settings, another database. What it
// would do after the answer is left undone, so that no test waits for it.
import { env } from 'cloudflare:workers'
import { app } from '../../../src/app.ts'
import { type Answer, type Asked, answerOf, requestOf } from '../../support/http.ts'

export type Asker = (path: string, asked?: Asked) => Promise<Answer>

/** One environment for all of the requests, as an isolate has. */
export function askerIn(changes: object): Asker {
  const changed = { ...env, ...changes }
  return async (path, asked = {}) =>
    await answerOf(unpacked(await app.fetch(requestOf(path, asked), changed, nothingAfter)))
}

/** What an HTTP client does with a compressed answer. */
function unpacked(response: Response): Response {
  if (response.headers.get('Content-Encoding') !== 'gzip' || response.body === null) return response
  return new Response(response.body.pipeThrough(new DecompressionStream('gzip')), {
    status: response.status,
    headers: response.headers,
  })
}

const nothingAfter = {
  waitUntil() {},
  passThroughOnException() {},
  props: {},
} as unknown as ExecutionContext
