// Answers whose body is a small resource made for this key: never kept by a shared cache.

import type { AppContext } from '../http/context.ts'
import { etagOfText, holdsEtag } from '../http/etag.ts'
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

/** The same for what a client may keep and ask after: it is told when nothing has changed. */
export async function answerKeptResource(c: AppContext, resource: object): Promise<Response> {
  const text = JSON.stringify(resource)
  const etag = await etagOfText(text)
  const headers = {
    'Content-Type': c.get('contentType'),
    'Cache-Control': 'private, no-cache',
    Vary: 'Accept, Authorization, X-API-Key',
    ETag: etag,
  }
  return holdsEtag(c.req.header('If-None-Match'), etag)
    ? new SizedResponse(null, { status: 304, headers })
    : new SizedResponse(text, { headers })
}
