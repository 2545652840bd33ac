// A finished page as it is kept, and for how long.
import type { PageExtent } from '../store/page.ts'

/**
 * `shared` names a page that stays what it is while the collection's revision stands; `head`, in
 * addition, the collection's head, under which a page without `more` is kept.
 */
export type PageName = { collectionId: string; shared: string; head: string }

/** What is known of a page without looking into it. `bytes`: of the body, uncompressed. */
export type PageFacts = PageExtent & { bytes: number }

export type BuiltPage = { facts: PageFacts; text: string }
/** `madeAtMs`: from then on its life counts, wherever it is kept. */
export type StoredPage = { facts: PageFacts; gzipped: Uint8Array<ArrayBuffer>; madeAtMs: number }

/** How long a version that another one has followed may still be shown by other isolates. */
export const PAGE_MS_MAX = 300_000
/** The same for objects that a page at the head does not show yet, e.g. since a replica lagged. */
export const HEAD_PAGE_MS_MAX = 5_000

/** When the page must be made anew. */
export function expiryMsOf({ facts, madeAtMs }: Pick<StoredPage, 'facts' | 'madeAtMs'>): number {
  return madeAtMs + (facts.hasMore ? PAGE_MS_MAX : HEAD_PAGE_MS_MAX)
}

export function keyOf(name: PageName, { facts }: Pick<StoredPage, 'facts'>): string {
  return facts.hasMore ? name.shared : name.head
}
