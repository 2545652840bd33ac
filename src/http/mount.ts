// Puts a table of operations on a router: the gates of each, in their fixed order, then its
// handler; and for every path what it answers to other methods.
import type { Hono, MiddlewareHandler } from 'hono'
import { refuse } from '../failure.ts'
import { admit } from './admit.ts'
import type { AppEnv } from './context.ts'
import { negotiate } from './negotiate.ts'
import { type Operation, routerPath } from './operation.ts'
import { parseQuery } from './query-parameters.ts'

/** Made for each operation it guards. */
type Gate = (operation: Operation) => MiddlewareHandler<AppEnv>

export function mount(
  app: Hono<AppEnv>,
  operations: readonly Operation[],
  operatorGate: Gate,
): void {
  for (const operation of operations) {
    const path = routerPath(operation)
    app.on(operation.method, path, accessGate(operation, operatorGate), check(operation))
    app.on(operation.method, path, (c) => operation.handle(c))
  }
  for (const [path, allow] of methodsByPath(operations)) {
    app.all(path, (c) => {
      if (c.req.method === 'OPTIONS') return c.body(null, 204, { Allow: allow.join(', ') })
      return refuse({ kind: 'method-not-allowed', allow })
    })
  }
}

function accessGate(operation: Operation, operatorGate: Gate): MiddlewareHandler<AppEnv> {
  const { access } = operation
  if (access.by === 'nobody') return (_, next) => next()
  return access.by === 'operator' ? operatorGate(operation) : admit(access)
}

/** Promises `contentType` and `parameters`. */
function check(operation: Operation): MiddlewareHandler<AppEnv> {
  return async function check(c, next) {
    c.set('contentType', negotiate(c.req.header('Accept'), operation.offer))
    c.set('parameters', parseQuery(new URL(c.req.url).searchParams, operation.query))
    await next()
  }
}

function methodsByPath(operations: readonly Operation[]): Map<string, string[]> {
  const methods = new Map<string, string[]>()
  for (const operation of operations) {
    const path = routerPath(operation)
    const known = methods.get(path) ?? []
    known.push(...(operation.method === 'GET' ? ['GET', 'HEAD'] : [operation.method]))
    methods.set(path, known)
  }
  for (const known of methods.values()) known.push('OPTIONS')
  return methods
}
