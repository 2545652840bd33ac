// A finished page as it is kept, and for how long.
import type { PageExtent } from '../store/page.ts'

/** What is known of a page without looking into it. `bytes`: of the body, uncompressed. */
export type PageFacts = PageExtent & { bytes: number }

export type BuiltPage = { facts: PageFacts; text: string }
export type StoredPage = { facts: PageFacts; gzipped: Uint8Array<ArrayBuffer> }

/** How long a version that another one has followed may still be shown by other isolates. */
export const PAGE_MS_MAX = 300_000
/** The same for objects that a page at the head does not show yet, e.g. since a replica lagged. */
export const HEAD_PAGE_MS_MAX = 5_000

export function lifeMsOf({ facts }: StoredPage): number {
  return facts.hasMore ? PAGE_MS_MAX : HEAD_PAGE_MS_MAX
}
