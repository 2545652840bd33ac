// What one isolate makes once from its environment and keeps: the checked configuration and the
// way to the keys. Nothing else reads the environment's settings.
import { type Config, configOf } from '../config.ts'
import { createKeyClient, type KeyClient } from '../keys/client.ts'
import { createTokenAuthority, type TokenAuthority } from '../keys/token.ts'

export type Runtime = { config: Config; tokens: TokenAuthority; keys: KeyClient }

const runtimes = new WeakMap<Env, Runtime>()

export function runtimeOf(env: Env): Runtime {
  const known = runtimes.get(env)
  if (known !== undefined) return known
  const config = configOf(env)
  const runtime = {
    config,
    tokens: createTokenAuthority(config.keys.secret),
    keys: createKeyClient(env.API_KEYS),
  }
  runtimes.set(env, runtime)
  return runtime
}
