// What the operator's operations have in common: where they live, who may call them, and how a
// JSON body is read.
import type * as z from 'zod'
import { refuse } from '../failure.ts'
import { readBody } from '../http/body.ts'
import type { AppContext } from '../http/context.ts'
import type { Operation } from '../http/operation.ts'
import { SizedResponse } from '../http/sized-response.ts'

type AdminOperation = Omit<
  Operation,
  'source' | 'tag' | 'offer' | 'access' | 'pathParameters' | 'query'
> &
  Partial<Pick<Operation, 'offer' | 'pathParameters' | 'query'>>

export function adminOperation(operation: AdminOperation): Operation {
  return {
    source: 'docs/operating.md',
    tag: 'Admin',
    pathParameters: {},
    query: {},
    offer: 'json',
    access: { by: 'operator' },
    ...operation,
    refusals: [...new Set([...operation.refusals, 401])].sort(),
  }
}

const JSON_BODY_BYTES_MAX = 100_000

/** The body, checked; refuses with every problem named by its path. An empty body is `{}`. */
export async function readJsonBody<Schema extends z.ZodType>(
  c: AppContext,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await readBody(c.req.raw, JSON_BODY_BYTES_MAX)
  const result = schema.safeParse(parseJson(text.trim() === '' ? '{}' : text))
  if (result.success) return result.data
  return refuse({
    kind: 'bad-body',
    problems: result.error.issues.map((issue) => ({
      path: issue.path.join('.') || 'body',
      problem: issue.message,
    })),
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return refuse({ kind: 'bad-body', problems: [{ path: 'body', problem: 'is not JSON' }] })
  }
}

export function answerJson(body: unknown, status = 200): Response {
  return new SizedResponse(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
  })
}
