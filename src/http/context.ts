// What each gate promises to the code after it.
import type { Context } from 'hono'
import type { PageSource } from '../cache/page-cache.ts'
import type { Config } from '../config/config.ts'
import type { ServedReport } from '../keys/api-key.ts'
import type { Grants } from '../keys/record.ts'
import type { Windows } from '../keys/window.ts'
import type { RequestTrace } from '../observe/request-facts.ts'
import type { Runtime } from './runtime.ts'

/** What of an operation, or of a path without one for the method, is told of a request. */
export type Route = {
  operation: string | undefined
  path: string
  /** Whether someone must be let in first. */
  isGated: boolean
  /** What an admitted request costs; undefined where nothing is counted. */
  units: (config: Config) => number | undefined
}

export type AppEnv = {
  Bindings: Env
  Variables: {
    /** From the request-id gate: on the answer, in every error and every log line. */
    requestId: string
    runtime: Runtime
    /** From the router; undefined for a path that is none. */
    route: Route | undefined
    /** From observation, when somebody wants to know what the request takes. */
    trace: RequestTrace | undefined
    /** From the admission gate: who asks, and what is left of the key's windows. */
    grants: Grants
    windows: Windows | undefined
    /** Also of a key that was refused, if it exists. */
    keyId: string | undefined
    /** From negotiation: the content type of the answer. */
    contentType: string
    /** From parameter checking: the operation's query parameters, each absent or well-formed. */
    parameters: Record<string, unknown>
    /** Whether the client takes a compressed body; from the first who asked. */
    takesGzip: boolean | undefined
    /** Filled by a handler that served objects: goes to the key's usage after the answer. */
    served: ServedReport | undefined
    /** How many objects a request brought; for the log line. */
    received: number | undefined
    /** Where a page came from; for the log line and for Server-Timing. */
    pageSource: PageSource | undefined
    /** From rendering a refusal: its code. */
    errorCode: string | undefined
    /** From the operator gate: who acts. */
    operatorName: string
    /** Filled by a handler that changed something: what the audit log says of it. No secrets. */
    audited: { subject: string; detail?: Record<string, unknown> } | undefined
  }
}

export type AppContext = Context<AppEnv>
