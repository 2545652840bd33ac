// A look at the server with a client's key: what it may do, and where it is refused and why.
import type { Finding } from './commands/doctor.ts'

const TAXII = 'application/taxii+json;version=2.1'
const TIMEOUT_MS = 30_000

type Read = { status: number; body: Record<string, unknown> }

/** The API key goes into the header only, and into no message. */
export async function readTaxii(url: string, key?: string): Promise<Read> {
  try {
    const response = await fetch(url, {
      headers: { Accept: TAXII, ...(key !== undefined && { Authorization: `Bearer ${key}` }) },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'manual',
    })
    const text = await response.text()
    return { status: response.status, body: JSON.parse(text) as Record<string, unknown> }
  } catch {
    return { status: 0, body: {} }
  }
}

export async function examineKey(origin: string, key: string): Promise<Finding[]> {
  const root = `${origin}/api/taxii2/api/`
  const discovery = await readTaxii(`${origin}/taxii2/`, key)
  const findings = [finding('key: discovery', discovery, String(discovery.body.title))]
  if (discovery.status !== 200) return findings
  const listed = await readTaxii(`${root}collections/`, key)
  const collections = (listed.body.collections ?? []) as {
    id: string
    title: string
    can_read: boolean
    can_write: boolean
  }[]
  findings.push(finding('key: collections', listed, `${collections.length} visible`))
  for (const { id, title, can_read: canRead, can_write: canWrite } of collections) {
    const page = await readTaxii(`${root}collections/${id}/objects/?limit=1`, key)
    const rights = [canRead ? 'reads' : '', canWrite ? 'writes' : ''].filter(Boolean).join(' and ')
    const isAsSaid = (page.status === 200) === canRead
    const found = `${rights || 'neither reads nor writes'}${page.status === 200 ? '' : `; ${reason(page)}`}`
    findings.push({ check: `key: ${title}`, isGood: isAsSaid, found })
  }
  return findings
}

function finding(check: string, read: Read, found: string): Finding {
  return { check, isGood: read.status === 200, found: read.status === 200 ? found : reason(read) }
}

function reason({ status, body }: Read): string {
  const description = typeof body.description === 'string' ? body.description : 'no answer'
  return `HTTP ${status}: ${description}`
}
