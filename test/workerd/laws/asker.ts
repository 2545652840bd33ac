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
    await answerOf(await app.fetch(requestOf(path, asked), changed, nothingAfter))
}

const nothingAfter = {
  waitUntil() {},
  passThroughOnException() {},
  props: {},
} as unknown as ExecutionContext
