// What a release answered about its data when the data was made: the form in which it is kept, and
// the walks that record and replay it.
import type {
  AuditLine,
  CollectionState,
  KeyState,
  OperatorState,
} from '../../../cli/operator/resources.ts'

export type RecordedPage = {
  /** The cursor that led here; null for the first page. */
  next: string | null
  /** `X-TAXII-Date-Added-First` and `-Last`. */
  first: string | null
  last: string | null
  more: boolean
  /** What stands between the brackets of `objects` or `versions`, as it was written. */
  items: string
}

export type RecordedWalk = {
  /** The name under which the key was made. */
  key: string
  path: string
  query: Record<string, string>
  pages: RecordedPage[]
}

export type Recording = {
  release: string
  recordedAt: string
  collections: CollectionState[]
  walks: RecordedWalk[]
  statuses: { key: string; path: string; answer: object }[]
  keys: KeyState[]
  /** Where each key read last. */
  reads: { keyId: string; collection: string; position: string }[]
  operators: OperatorState[]
  audit: AuditLine[]
}

export const API_ROOT = '/api/taxii2/api'

/** One page, in the words of a recording. Throws what was answered in its place. */
async function readPage(
  url: string,
  token: string,
  { path, query }: Pick<RecordedWalk, 'path' | 'query'>,
  position: Record<string, string>,
): Promise<{ page: Omit<RecordedPage, 'next'>; next: string | undefined }> {
  const parameters = new URLSearchParams({ ...query, ...position })
  const response = await fetch(`${url}${API_ROOT}${path}?${parameters}`, {
    headers: { Authorization: `Bearer ${token}` },
  })
  const text = await response.text()
  const items = /"(?:objects|versions)":\[(.*)\][^\]]*\}$/s.exec(text)?.[1]
  if (response.status !== 200 || items === undefined) {
    throw new Error(`${path}?${parameters}: ${response.status} ${text.slice(0, 500)}`)
  }
  const { more, next } = JSON.parse(text) as { more: boolean; next?: string }
  const first = response.headers.get('X-TAXII-Date-Added-First')
  const last = response.headers.get('X-TAXII-Date-Added-Last')
  return { page: { first, last, more, items }, next }
}

/** Every page from a position on, by `next`. */
export async function walk(
  url: string,
  token: string,
  asked: Pick<RecordedWalk, 'path' | 'query'>,
  from: Record<string, string> = {},
): Promise<RecordedPage[]> {
  const pages: RecordedPage[] = []
  let cursor: string | undefined
  do {
    const position = cursor === undefined ? from : { next: cursor }
    const { page, next } = await readPage(url, token, asked, position)
    pages.push({ next: cursor ?? null, ...page })
    cursor = page.more ? next : undefined
  } while (cursor !== undefined)
  return pages
}
