// The path a request is routed by: with or without a trailing slash, with doubled slashes, `/?`,
// all the same and never a redirect, since redirects drop credentials and turn POST into GET.

export function canonicalPath({ url }: Request): string {
  const plain = PLAIN.exec(url)?.[1]
  const path = plain ?? new URL(url).pathname.replace(/\/{2,}/g, '/')
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/** An address whose path is as it should be: it need not be taken apart by the book. */
const PLAIN = /^https?:\/\/[^/?#]+((?:\/[\w-]+)+\/?)(?:\?|$)/

/** The parameters of a request's query; undefined when it has none. */
export function searchOf({ url }: Request): URLSearchParams | undefined {
  const mark = url.indexOf('?')
  return mark === -1 ? undefined : new URLSearchParams(url.slice(mark + 1))
}

/** Whether an answer on this path speaks TAXII (errors included). */
export function isTaxiiPath(path: string): boolean {
  return /^\/(?:api\/)?taxii2(?:\/|$)/.test(path)
}
