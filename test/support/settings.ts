// Asks the Worker as it would be under another configuration: same database, same keys.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { app } from '../../src/app.ts'
import { type Answer, type Asked, answerOf, requestOf } from './http.ts'

/** Variables of the environment, e.g. `{ PAGE_LIMIT_MAX: '5' }`. */
export type Settings = Record<string, string>

export async function askUnder(
  settings: Settings,
  path: string,
  asked: Asked = {},
): Promise<Answer> {
  const context = createExecutionContext()
  const response = await app.fetch(requestOf(path, asked), { ...env, ...settings }, context)
  const answer = await answerOf(response)
  await waitOnExecutionContext(context)
  return answer
}
