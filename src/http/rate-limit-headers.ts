// The key's windows as headers, in the two families that clients read: X-RateLimit-* and the
// structured fields of the IETF draft (ratelimit-headers-10). Figures are units of weight 1.
import type { Windows } from '../keys/window.ts'

/**
 * X-RateLimit-Limit is the published per-minute figure; Remaining and Reset are those of the window
 * that will refuse first.
 */
export function rateLimitHeaders({ minute, day }: Windows, nowMs: number): Record<string, string> {
  const tighter = day.remaining < minute.remaining ? day : minute
  const seconds = (resetAtSeconds: number) =>
    Math.max(0, Math.ceil(resetAtSeconds - nowMs / 1000)).toString()
  return {
    'X-RateLimit-Limit': String(minute.limit),
    'X-RateLimit-Remaining': String(tighter.remaining),
    'X-RateLimit-Reset': String(tighter.resetAtSeconds),
    'RateLimit-Policy': `"minute";q=${minute.limit};w=60, "day";q=${day.limit};w=86400`,
    RateLimit: `"minute";r=${minute.remaining};t=${seconds(minute.resetAtSeconds)}, "day";r=${day.remaining};t=${seconds(day.resetAtSeconds)}`,
  }
}
