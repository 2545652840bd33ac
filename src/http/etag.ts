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

const TAGS_KEPT = 200
const tags = new Map<string, string>()

/** A strong tag: the beginning of the text's SHA-256. The few texts of an isolate are remembered. */
export async function etagOfText(text: string): Promise<string> {
  const known = tags.get(text)
  if (known !== undefined) return known
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  const tag = `"${new Uint8Array(digest, 0, 16).toBase64({ alphabet: 'base64url', omitPadding: true })}"`
  if (tags.size >= TAGS_KEPT) tags.clear()
  tags.set(text, tag)
  return tag
}
