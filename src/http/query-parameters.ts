// Checking a request's query against its operation: each parameter at most once, each well-formed.
import { refuse } from '../failure.ts'
import type { Operation } from './operation.ts'

const REPEATABLE_NEVER = 'may be given only once'

/**
 * The operation's parameters that are present, parsed. Refuses a repeated parameter (also an
 * unknown `match[…]`) and a malformed value, naming it; ignores others (TAXII 2.1 §3.4).
 */
export function parseQuery(
  search: URLSearchParams | undefined,
  query: Operation['query'],
): Record<string, unknown> {
  const parsed: Record<string, unknown> = {}
  const seen = new Set<string>()
  for (const [name, text] of search ?? []) {
    const parameter = Object.hasOwn(query, name) ? query[name] : undefined
    if (parameter === undefined && !name.startsWith('match[')) continue
    if (seen.has(name)) refuse({ kind: 'bad-parameter', name, problem: REPEATABLE_NEVER })
    seen.add(name)
    if (parameter === undefined) continue
    const result = parameter.schema.safeParse(text)
    if (!result.success) {
      const problem = result.error.issues.map((issue) => issue.message).join('; ')
      refuse({ kind: 'bad-parameter', name, problem })
    }
    if (result.data !== undefined) parsed[name] = result.data
  }
  return parsed
}
