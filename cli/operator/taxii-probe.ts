// A look at the server with a client's key: what it may do, and where it is refused and why.
import { API_ROOT_PATH, COLLECTIONS_PATH, DISCOVERY_PATHS } from '../../src/taxii/paths.ts'

const TAXII = 'application/taxii+json;version=2.1'
const TIMEOUT_MS = 30_000

/** What was looked at, and what was seen. */
export type Finding = { check: string; isGood: boolean; found: string }

/** `status` is 0 when there was no answer. */
type Read = { status: number; body: Record<string, unknown> }

/** The API key goes into the header only, and into no message. */
export async function readTaxii(url: string, key?: string): Promise<Read> {
  try {
    const response = await fetch(url, {
      headers: { Accept: TAXII, ...(key !== undefined && { Authorization: `Bearer ${key}` }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'manual',
    })
    return { status: response.status, body: parseRecord(await response.text()) }
  } catch {
    return { status: 0, body: {} }
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

/**
 * Asks for two pages at most, one that may be read and one that may not, so that the smallest tier
 * can afford it. `first` is asked for before other collections.
 */
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
  const listed = await readTaxii(`${origin}${COLLECTIONS_PATH}`, key)
  const collections = collectionsOf(listed.body)
  findings.push(findingOf(listed, collections))
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

/** Good when there is at least one collection that the key is of use for. */
function findingOf(listed: Read, collections: readonly SeenCollection[]): Finding {
  const check = 'key: collections'
  if (listed.status !== 200) return { check, isGood: false, found: reason(listed) }
  const readable = collections.filter(({ can_read }) => can_read).length
  const writable = collections.filter(({ can_write }) => can_write).length
  const found = `${collections.length} visible, ${readable} to read, ${writable} to write`
  return { check, isGood: readable + writable > 0, found }
}

function chosenOf(collections: readonly SeenCollection[], first: string | undefined) {
  const isFirst = ({ id, alias }: SeenCollection) => id === first || alias === first
  const ordered = collections.toSorted((a, b) => Number(isFirst(b)) - Number(isFirst(a)))
  return [
    ...ordered.filter(({ can_read }) => can_read).slice(0, 1),
    ...ordered.filter(({ can_read }) => !can_read).slice(0, 1),
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

/** In the server's words, with the scopes that the key has where one lacks. */
function reason({ status, body }: Read): string {
  if (status === 0) return 'no answer'
  const description = typeof body.description === 'string' ? body.description : 'no TAXII answer'
  const { your_scopes: scopes } = Object(body.details)
  const granted = Array.isArray(scopes) ? `; the key has ${scopes.join(' ') || 'none'}` : ''
  return `HTTP ${status}: ${description}${granted}`
}

function parseRecord(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
