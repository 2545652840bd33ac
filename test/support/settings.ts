// Asks the Worker as it would be under another configuration: same database, same keys.
import { createExecutionContext } from 'cloudflare:test'
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
  const request = requestOf(path, asked)
  return await answerOf(await app.fetch(request, { ...env, ...settings }, createExecutionContext()))
}
