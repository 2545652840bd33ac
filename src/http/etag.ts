// Whether a client already holds what it asks for (RFC 9110 §13.1.2).

/**
 * `ifNoneMatch` is `*` or a list of tags; weak and strong spellings of one tag are the same here, as
 * proxies turn one into the other. `etag` must hold no comma.
 */
export function holdsEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  const held = (ifNoneMatch ?? '').split(',').map((item) => item.trim())
  return held.includes('*') || held.map(withoutWeakness).includes(withoutWeakness(etag))
}

function withoutWeakness(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag
}
