// Reaches into the Durable Object of a key made through the operator's API, to hold its clock.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { ApiKey } from '../../src/keys/api-key.ts'
import type { TestKey } from './world.ts'

/** From here on the key's windows neither end nor begin; answers the instant they stand at. */
export async function holdClock({ id }: Pick<TestKey, 'id'>, atMs = Date.now()): Promise<number> {
  const objectId = await env.DB.prepare('SELECT object_id FROM api_keys WHERE id = ?1')
    .bind(id)
    .first<string>('object_id')
  if (objectId === null) throw new Error(`${id} is not on the operator's list`)
  const stub = env.API_KEYS.get(env.API_KEYS.idFromString(objectId))
  await runInDurableObject(stub, (key: ApiKey) => {
    key.clock = () => atMs
  })
  return atMs
}
