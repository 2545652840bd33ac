// Who walks a collection asks for page after page: which pages are expected next, and those that were
// made before they were asked for. In memory and for a moment only; whoever comes later builds anew.
import { ByteLru } from './byte-lru.ts'
import { type BuiltPage, keyOf, type PageName } from './stored-page.ts'

const EXPECTED_MAX = 1_000
/** A few plain pages; compressed ones are kept with all others. */
const BYTES_MAX = 8_000_000
/** A client that takes longer than this over a page does not wait for the next one either. */
const KEPT_MS = 5_000

export class ReadAhead {
  /** Names of pages that begin where a page that was handed out ended. */
  readonly #expected = new Set<string>()
  readonly #pages = new ByteLru<BuiltPage>(BYTES_MAX)

  expect({ shared }: PageName): void {
    const [oldest] = this.#expected
    if (this.#expected.size >= EXPECTED_MAX && oldest !== undefined) this.#expected.delete(oldest)
    this.#expected.add(shared)
  }

  isExpected({ shared }: PageName): boolean {
    return this.#expected.has(shared)
  }

  keep(name: PageName, page: BuiltPage, nowMs: number): void {
    // Two bytes a character at most.
    const bytes = page.text.length * 2
    this.#pages.set(keyOf(name, page), page, { bytes, expiresAtMs: nowMs + KEPT_MS })
  }

  /** The page, which is not kept any longer. */
  take(name: PageName, nowMs: number): BuiltPage | undefined {
    const page = this.#pages.get(name.shared, nowMs) ?? this.#pages.get(name.head, nowMs)
    if (page !== undefined) this.#pages.delete(keyOf(name, page))
    return page
  }

  forget(collectionId: string): void {
    this.#pages.deletePrefix(collectionId)
  }
}
