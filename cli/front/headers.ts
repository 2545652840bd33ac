// Which headers pass between a client and the Worker. A client's words about who it is and how it
// came are dropped: only the front and the proxies it trusts know that.
import type { IncomingHttpHeaders } from 'node:http'

/** By which the Worker knows that a request came through the front. */
export const SECRET_HEADER = 'x-front-secret'

/** Of one connection only (RFC 9110 §7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** `mf-` is what the embedded runtime is steered by. */
const CLAIMS = /^(?:cf-|mf-|x-forwarded-)|^(?:forwarded|true-client-ip|x-real-ip|x-front-secret)$/

export type Vouched = { secret: string; clientAddress: string | undefined }

/** What the Worker gets to see. */
export function inward(
  headers: IncomingHttpHeaders,
  { secret, clientAddress }: Vouched,
): Record<string, string | string[]> {
  const named = namedByConnection(headers.connection)
  const passed: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || HOP_BY_HOP.has(name) || CLAIMS.test(name)) continue
    if (named === undefined || !named.has(name)) passed[name] = value
  }
  passed[SECRET_HEADER] = secret
  if (clientAddress !== undefined) passed['cf-connecting-ip'] = clientAddress
  // A body is framed anew, in the way it came.
  if (headers['transfer-encoding'] !== undefined) passed['transfer-encoding'] = 'chunked'
  return passed
}

/** What the client gets to see, as names and values in turn. */
export function outward(rawHeaders: readonly string[]): string[] {
  const passed: string[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (!HOP_BY_HOP.has(name.toLowerCase())) passed.push(name, rawHeaders[at + 1] ?? '')
  }
  return passed
}

function namedByConnection(connection: string | undefined): Set<string> | undefined {
  if (connection === undefined || /^(?:keep-alive|close)$/i.test(connection)) return undefined
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()))
}
