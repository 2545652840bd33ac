// The path a request is routed by: with or without a trailing slash, with doubled slashes, `/?`,
// all the same and never a redirect, since redirects drop credentials and turn POST into GET.

export function canonicalPath(request: Request): string {
  const path = new URL(request.url).pathname.replace(/\/{2,}/g, '/')
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/** Whether an answer on this path speaks TAXII (errors included). */
export function isTaxiiPath(path: string): boolean {
  return /^\/(?:api\/)?taxii2(?:\/|$)/.test(path)
}
