// A look at the server with a client's key: what it may do, and where it is refused and why.
import { API_ROOT_PATH, COLLECTIONS_PATH, DISCOVERY_PATHS } from '../src/taxii/paths.ts'
import type { Finding } from './commands/doctor.ts'

const TAXII = 'application/taxii+json;version=2.1'
const TIMEOUT_MS = 30_000

/** `status` is 0 when there was no answer. */
type Read = { status: number; body: Record<string, unknown>; retryAfter: string | null }

/** The API key goes into the header only, and into no message. */
export async function readTaxii(url: string, key?: string): Promise<Read> {
  try {
    const response = await fetch(url, {
      headers: { Accept: TAXII, ...(key !== undefined && { Authorization: `Bearer ${key}` }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'manual',
    })
    const retryAfter = response.headers.get('Retry-After')
    return { status: response.status, body: parseRecord(await response.text()), retryAfter }
  } catch {
    return { status: 0, body: {}, retryAfter: null }
  }
}

export type SeenCollection = {
  id: string
  alias?: string
  title: string
  can_read: boolean
  can_write: boolean
}

/** `collections` is what the key is shown, those it may read first. */
export type KeyExamination = { findings: Finding[]; collections: SeenCollection[] }

/** Pages that are charged to the key; what is refused is not. */
const PAGES_READ_MAX = 2
const REFUSALS_ASKED_MAX = 10

/** Costs the key what a client's first requests would; `first` is read before other collections. */
export async function examineKey(
  origin: string,
  key: string,
  first?: string,
): Promise<KeyExamination> {
  const root = `${origin}${API_ROOT_PATH}`
  const findings: Finding[] = []
  const look = async (check: string, url: string, found: (body: Read['body']) => string) => {
    const read = await readTaxii(url, key)
    const isGood = read.status === 200
    findings.push({ check, isGood, found: isGood ? found(read.body) : reason(read) })
    return isGood ? read.body : undefined
  }
  const discovery = await look('key: discovery', `${origin}${DISCOVERY_PATHS[0]}`, titleOf)
  if (discovery === undefined) return { findings, collections: [] }
  await look('key: API root', root, titleOf)
  const listed = await look('key: collections', `${origin}${COLLECTIONS_PATH}`, (body) =>
    summaryOf(collectionsOf(body)),
  )
  const collections = collectionsOf(listed ?? {})
  for (const each of chosenOf(collections, first)) findings.push(await examinePage(root, key, each))
  return { findings, collections }
}

function titleOf({ title }: Read['body']): string {
  return String(title)
}

function collectionsOf({ collections = [] }: Read['body']): SeenCollection[] {
  const listed = collections as SeenCollection[]
  return listed.toSorted((a, b) => Number(b.can_read) - Number(a.can_read))
}

function summaryOf(collections: readonly SeenCollection[]): string {
  const readable = collections.filter(({ can_read }) => can_read).length
  const writable = collections.filter(({ can_write }) => can_write).length
  return `${collections.length} visible, ${readable} to read, ${writable} to write`
}

function chosenOf(collections: readonly SeenCollection[], first: string | undefined) {
  const isFirst = ({ id, alias }: SeenCollection) => id === first || alias === first
  const ordered = collections.toSorted((a, b) => Number(isFirst(b)) - Number(isFirst(a)))
  return [
    ...ordered.filter(({ can_read }) => can_read).slice(0, PAGES_READ_MAX),
    ...ordered.filter(({ can_read }) => !can_read).slice(0, REFUSALS_ASKED_MAX),
  ]
}

/** Good when the page is given or refused as the list of collections said. */
async function examinePage(root: string, key: string, each: SeenCollection): Promise<Finding> {
  const { id, title, can_read: canRead, can_write: canWrite } = each
  const page = await readTaxii(`${root}collections/${id}/objects/?limit=1`, key)
  const rights = [canRead ? 'reads' : '', canWrite ? 'writes' : ''].filter(Boolean).join(' and ')
  const isGood = canRead ? page.status === 200 : page.status === 403
  const found = rights || 'neither reads nor writes'
  const refused = page.status === 200 ? '' : `; ${reason(page)}`
  return { check: `key: ${title}`, isGood, found: `${found}${refused}` }
}

/** In the server's words, with what would help: the scopes there are, when a limit ends. */
function reason({ status, body, retryAfter }: Read): string {
  if (status === 0) return 'no answer'
  const description = typeof body.description === 'string' ? body.description : 'no TAXII answer'
  const { your_scopes: scopes } = Object(body.details)
  const granted = Array.isArray(scopes) ? `; the key has ${scopes.join(' ') || 'none'}` : ''
  const again = retryAfter === null ? '' : `; again in ${retryAfter} s`
  return `HTTP ${status}: ${description}${granted}${again}`
}

function parseRecord(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
