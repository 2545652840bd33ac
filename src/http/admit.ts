// The gate of the TAXII side: a well-formed key, then one call to the key's Durable Object that
// verifies it, counts the request and brings back what it grants.
import type { MiddlewareHandler } from 'hono'
import type { Config } from '../config/config.ts'
import type { Scope } from '../config/tier.ts'
import { type Failure, refuse } from '../failure.ts'
import type { Grants } from '../keys/record.ts'
import type { AppContext, AppEnv } from './context.ts'
import { findCredential } from './credential.ts'

type AdmitOptions = { scope: Scope | null; weight: (config: Config) => number }

export type Begin = (c: AppContext, expected: Grants | undefined) => void

/** Promises `grants` and `windows`; refuses with 401, 403, 429, or 503 when keys are unreachable. */
export function admit({ scope, weight }: AdmitOptions, begin?: Begin): MiddlewareHandler<AppEnv> {
  return async function admit(c, next) {
    const { keys, config } = c.get('runtime')
    const objectName = await resolveKey(c)
    const thousandths = weight(config)
    begin?.(c, keys.takeExpected(objectName, thousandths))
    const admission = await keys.admit(objectName, {
      thousandths,
      clientAddress: config.clientAddress || (c.req.header('CF-Connecting-IP') ?? null),
    })
    if ('windows' in admission) c.set('windows', admission.windows)
    c.set('keyId', keyIdOf(admission))
    if (!admission.admitted) return refuse(failureOf(admission))
    c.set('grants', admission.grants)
    if (scope !== null && !admission.grants.scopes.includes(scope)) {
      refuse({ kind: 'insufficient-scope', required: scope, granted: admission.grants.scopes })
    }
    await next()
    const served = c.get('served')
    if (served === undefined) return
    keys.served(objectName, served)
    // Who polls in vain comes again and carries it: a call of its own would cost as much as the poll.
    const flushing = served.objects > 0 ? keys.flush() : undefined
    if (flushing !== undefined) c.executionCtx.waitUntil(flushing)
  }
}

async function resolveKey(c: AppContext): Promise<string> {
  const { config, tokens } = c.get('runtime')
  const credential = findCredential({
    authorization: () => c.req.header('Authorization'),
    apiKeyHeader: () => c.req.header('X-API-Key'),
    apiKeyQuery: () => (config.keys.inQuery ? c.req.query('api_key') : undefined),
  })
  if (credential.kind === 'none') return refuse({ kind: 'missing-api-key' })
  if (credential.kind === 'unreadable') return refuse({ kind: 'bad-api-key', problem: 'invalid' })
  for (const token of credential.tokens) {
    const objectName = await tokens.resolve(token)
    if (objectName !== undefined) return objectName
  }
  return refuse({ kind: 'bad-api-key', problem: 'invalid' })
}

type Admission = Awaited<ReturnType<AppContext['var']['runtime']['keys']['admit']>>
type Refused = Extract<Admission, { admitted: false }>

/** For the log, also when the key is refused. */
function keyIdOf(admission: Admission): string | undefined {
  if ('keyId' in admission) return admission.keyId
  return 'grants' in admission ? admission.grants.keyId : undefined
}

function failureOf(admission: Refused): Failure {
  switch (admission.reason) {
    case 'minute':
    case 'day': {
      const { reason: window, retryAfterSeconds } = admission
      return { kind: 'limit-reached', window, retryAfterSeconds }
    }
    case 'unavailable':
      return { kind: 'unavailable', part: 'keys', retryAfterSeconds: admission.retryAfterSeconds }
    case 'network':
      return { kind: 'address-not-allowed' }
    case 'unknown':
      return { kind: 'bad-api-key', problem: 'invalid' }
    case 'expired':
    case 'revoked':
      return { kind: 'bad-api-key', problem: admission.reason }
  }
}
