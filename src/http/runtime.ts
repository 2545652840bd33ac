// What one isolate makes once from its environment and keeps: the checked configuration, the
// way to the keys, finished pages. Nothing else reads the environment's settings.
import { createEdgeCache } from '../cache/edge-cache.ts'
import { PageCache } from '../cache/page-cache.ts'
import { type Config, configOf } from '../config/config.ts'
import { createKeyClient, type KeyClient } from '../keys/client.ts'
import { createTokenAuthority, type TokenAuthority } from '../keys/token.ts'

export type Runtime = {
  config: Config
  tokens: TokenAuthority
  keys: KeyClient
  pages: PageCache
  /** Where data points go, if the operator has bound a dataset. */
  analytics: AnalyticsEngineDataset | undefined
}

const runtimes = new WeakMap<Env, Runtime>()

export function runtimeOf(env: Env): Runtime {
  const known = runtimes.get(env)
  if (known !== undefined) return known
  const config = configOf(env)
  const runtime = {
    config,
    tokens: createTokenAuthority(config.keys.secret),
    keys: createKeyClient(env.API_KEYS),
    pages: new PageCache(
      config.cache.pageBytes,
      config.cache.isEdgeUsed ? createEdgeCache(caches.default) : undefined,
    ),
    // Optional, so that wrangler's types do not know it.
    analytics: (env as Env & { ANALYTICS?: AnalyticsEngineDataset }).ANALYTICS,
  }
  runtimes.set(env, runtime)
  return runtime
}
