// A call to a key's Durable Object from the operator's side. Each changes a key to a state that it
// names, so it may be tried again, by us and by the operator who was told 503.
import { refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import type { ApiKey } from '../keys/api-key.ts'
import { callKey } from '../keys/client.ts'

type KeyStub = DurableObjectStub<ApiKey>

/** Refuses with 503 when the object cannot be reached. */
export async function askKey<Answer>(
  c: AppContext,
  objectId: string,
  name: string,
  call: (key: KeyStub) => Promise<Answer>,
): Promise<Answer> {
  const { API_KEYS: keys } = c.env
  const done = await callKey(name, objectId, async () => {
    return await call(keys.get(keys.idFromString(objectId)))
  })
  if ('answer' in done) return done.answer
  return refuse({ kind: 'unavailable', part: 'keys', retryAfterSeconds: done.retryAfterSeconds })
}
