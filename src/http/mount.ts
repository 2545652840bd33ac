// Puts a table of operations on a router: the gates of each, in their fixed order, then its
// handler; and for every path what it answers to other methods.
import type { Hono, MiddlewareHandler } from 'hono'
import { refuse } from '../failure.ts'
import { admit, type Begin } from './admit.ts'
import type { AppContext, AppEnv, Route } from './context.ts'
import { negotiate } from './negotiate.ts'
import { type Operation, routerPath } from './operation.ts'
import { searchOf } from './path.ts'
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
    app.on(operation.method, path, enter(operation, operatorGate), check(operation))
    app.on(operation.method, path, (c) => operation.handle(c))
  }
  for (const [path, { allow, route }] of methodsByPath(operations)) {
    app.all(path, (c) => {
      c.set('route', route)
      if (c.req.method === 'OPTIONS') return c.body(null, 204, { Allow: allow.join(', ') })
      return refuse({ kind: 'method-not-allowed', allow })
    })
  }
}

/** The first thing in an operation: says which one it is, then asks who comes. */
function enter(operation: Operation, operatorGate: Gate): MiddlewareHandler<AppEnv> {
  const { operationId, path, access } = operation
  const route: Route = {
    operation: operationId,
    path,
    isGated: access.by !== 'nobody',
    units: (config) => (access.by === 'key' ? access.weight(config) / 1000 : undefined),
  }
  const gate = accessGate(operation, operatorGate)
  return (c, next) => {
    c.set('route', route)
    return gate(c, next)
  }
}

function accessGate(operation: Operation, operatorGate: Gate): MiddlewareHandler<AppEnv> {
  const { access } = operation
  if (access.by === 'nobody') return (_, next) => next()
  return access.by === 'operator' ? operatorGate(operation) : admit(access, beginOf(operation))
}

/** A query that cannot be read is refused in its turn, after who has no key. */
function beginOf({ begin, query }: Operation): Begin | undefined {
  if (begin === undefined) return undefined
  return (c, expected) => {
    if (expected !== undefined && !readEarly(c, query)) return
    begin(c, expected)
  }
}

function readEarly(c: AppContext, query: Operation['query']): boolean {
  try {
    c.set('parameters', parseQuery(searchOf(c.req.raw), query))
    return true
  } catch {
    return false
  }
}

/** Promises `contentType` and `parameters`. */
function check(operation: Operation): MiddlewareHandler<AppEnv> {
  return async function check(c, next) {
    const trace = c.get('trace')
    if (trace !== undefined) trace.admittedAtMs = Date.now()
    c.set('contentType', negotiate(c.req.header('Accept'), operation.offer))
    if (c.get('parameters') === undefined) {
      c.set('parameters', parseQuery(searchOf(c.req.raw), operation.query))
    }
    await next()
  }
}

type OtherMethods = { allow: string[]; route: Route }

function methodsByPath(operations: readonly Operation[]): Map<string, OtherMethods> {
  const methods = new Map<string, OtherMethods>()
  for (const operation of operations) {
    const path = routerPath(operation)
    const known = methods.get(path) ?? { allow: [], route: routeWithoutOperation(operation) }
    known.allow.push(...(operation.method === 'GET' ? ['GET', 'HEAD'] : [operation.method]))
    methods.set(path, known)
  }
  for (const { allow } of methods.values()) allow.push('OPTIONS')
  return methods
}

function routeWithoutOperation({ path }: Operation): Route {
  return { operation: undefined, path, isGated: false, units: () => undefined }
}
