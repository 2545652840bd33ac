// An operation is one line of an API: what routes a request, checks it, prices it and documents it.
// There is no second list: the router, the OpenAPI document and the tests all read these.
import type * as z from 'zod'
import type { Config } from '../config/config.ts'
import type { Scope } from '../config/tier.ts'
import type { Grants } from '../keys/record.ts'
import type { AppContext } from './context.ts'
import type { Offer } from './negotiate.ts'

/** A query parameter. The schema checks its text and gives its value; it also documents it. */
export type QueryParameter = {
  schema: z.ZodType
  description: string
  example?: string | number
  /** What the configuration decides of its JSON schema. */
  configured?: (config: Config) => Record<string, unknown>
}

export type PathParameter = { description: string; example: string }

export type ResponseHeader = { description: string; format?: string; type?: 'integer' }

export type OperationResponse = {
  description: string
  /** The body's schema; absent = no body. */
  schema?: z.ZodType
  headers?: Record<string, ResponseHeader>
  example?: unknown
}

export type Operation = {
  operationId: string
  /** Section of the specification, or the part of our own contract. */
  source: string
  method: 'GET' | 'POST' | 'DELETE' | 'PATCH'
  /** As clients write it: `{name}` for path parameters, with the trailing slash TAXII asks for. */
  path: string
  tag: string
  summary: string
  description: string
  pathParameters: Record<string, PathParameter>
  query: Record<string, QueryParameter>
  /** Fields of `match[…]` beyond `query` are ignored, as the specification allows. */
  body?: { schema: z.ZodType; contentTypes: readonly string[] }
  success: { status: 200 | 201 | 202 } & OperationResponse
  /** Statuses besides 200 that this operation can answer, for the document. */
  refusals: readonly number[]
  offer: Offer
  access:
    | { by: 'nobody' }
    | { by: 'operator' }
    | { by: 'key'; scope: Scope | null; weight: (config: Config) => number }
  /**
   * Called while the key is being asked, with what it may be expected to be granted, if anything:
   * looks for what `handle` will need. It shows nothing and refuses nothing.
   */
  begin?: (c: AppContext, expected: Grants | undefined) => void
  handle: (c: AppContext) => Promise<Response>
}

/** The path as the router knows it: `:name` parameters, no trailing slash. */
export function routerPath(operation: Pick<Operation, 'path'>): string {
  const path = operation.path.replace(/\{(\w+)\}/g, ':$1')
  return path.endsWith('/') ? path.slice(0, -1) : path
}
