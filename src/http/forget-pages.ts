// After a write: what this isolate remembers of the collections, and of pages the write changed, goes.
import { forgetCollections } from '../cache/collection-facts.ts'
import type { AppContext } from './context.ts'

/** `changedCollectionIds`: those in which an object shown before is gone or no longer current. */
export function forgetAfterWrite(c: AppContext, changedCollectionIds: readonly string[]): void {
  forgetCollections(c.env.DB)
  for (const id of changedCollectionIds) c.get('runtime').pages.forget(id)
}
