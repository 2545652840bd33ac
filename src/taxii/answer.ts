// An answer whose body is a small resource made for this key: never kept by a shared cache.
import type { AppContext } from '../http/context.ts'
import { SizedResponse } from '../http/sized-response.ts'

export function answerResource(
  c: AppContext,
  resource: object,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Response {
  return new SizedResponse(JSON.stringify(resource), {
    status,
    headers: {
      'Content-Type': c.get('contentType'),
      'Cache-Control': 'private, no-store',
      ...headers,
    },
  })
}
