// Finding the API key in a request, in whatever field the client product has for it. The first
// place that holds something decides; a bad key there is never made good by another place.

export type Credential =
  | { kind: 'none' }
  /** Basic carries two candidates, the password first; every other form carries one. */
  | { kind: 'candidates'; tokens: string[] }
  /** Something is there that cannot be read as a key, such as an unknown scheme. */
  | { kind: 'unreadable' }

/** Each is looked into only if those before it are empty. */
type Places = Record<'authorization' | 'apiKeyHeader' | 'apiKeyQuery', () => string | undefined>

export function findCredential(places: Places): Credential {
  const header = places.authorization()?.trim()
  // An Authorization header without value counts as absent: one collector sends it so.
  if (header !== undefined && header !== '') return fromAuthorization(header)
  for (const place of [places.apiKeyHeader, places.apiKeyQuery]) {
    const value = place()?.trim()
    if (value !== undefined && value !== '') return { kind: 'candidates', tokens: [value] }
  }
  return { kind: 'none' }
}

function fromAuthorization(header: string): Credential {
  const [, scheme = '', value = ''] = /^(\S+)\s*(.*)$/s.exec(header) ?? []
  switch (scheme.toLowerCase()) {
    case 'basic':
      return fromBasic(value)
    case 'bearer':
    case 'token':
    case 'api-key':
    case 'apikey':
      return value === '' ? { kind: 'none' } : { kind: 'candidates', tokens: [value.trim()] }
    default:
      return { kind: 'unreadable' }
  }
}

/** RFC 7617: user and password part at the first colon; products differ in which is the key. */
function fromBasic(value: string): Credential {
  let decoded: string
  try {
    decoded = atob(value)
  } catch {
    return { kind: 'unreadable' }
  }
  const colon = decoded.indexOf(':')
  const parts = colon < 0 ? [decoded] : [decoded.slice(colon + 1), decoded.slice(0, colon)]
  const tokens = parts.map((part) => part.trim()).filter((part) => part !== '')
  return tokens.length === 0 ? { kind: 'none' } : { kind: 'candidates', tokens }
}
