// The origin in the URLs this server hands out.

/** As configured, or else the origin by which the request came. */
export function publicOrigin(configured: string, requestUrl: string): string {
  return configured === '' ? new URL(requestUrl).origin : configured
}
