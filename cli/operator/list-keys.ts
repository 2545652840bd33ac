// All keys of a server, however many pages its list has.
import type { AdminClient } from './admin-client.ts'
import type { KeyState } from './resources.ts'

const PAGE_KEYS = 1_000

/** Newest first. */
export async function listKeys(client: AdminClient): Promise<KeyState[]> {
  const all: KeyState[] = []
  let after = ''
  for (;;) {
    const query = new URLSearchParams({ limit: String(PAGE_KEYS), ...(after !== '' && { after }) })
    const page = await client.call<{ keys: KeyState[]; next?: string }>({
      path: `/admin/keys/?${query}`,
    })
    all.push(...page.keys)
    if (page.next === undefined) return all
    after = page.next
  }
}
