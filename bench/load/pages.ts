// What is asked of each server under load, and the check that it answers with what is meant.
import { gunzipSync } from 'node:zlib'
import type { BareServer } from '../servers/bare.ts'
import { pagePath, type TaxiiTarget } from '../servers/taxii-target.ts'
import type { Contender } from './cannon.ts'
import type { HttpReader } from './http-reader.ts'
import type { Positions } from './positions.ts'
import { indicatorIds } from './walk.ts'

export type Encoding = 'identity' | 'gzip'

/** Each request begins at another position. */
export function coldPages(
  target: TaxiiTarget,
  positions: Positions,
  { limit, encoding = 'identity' }: { limit: number; encoding?: Encoding },
): Contender {
  const name = `${target.name}, cold page of ${limit.toLocaleString('en')}${encoding === 'gzip' ? ', gzip' : ''}`
  return contender(target, name, () => {
    const added_after = new Date(positions.next()).toISOString()
    const path = pagePath(target, 'objects', { limit: String(limit), added_after })
    return { path, headers: { ...target.headers(), 'Accept-Encoding': encoding } }
  })
}

/** Every request asks for the first page. */
export function warmPage(
  target: TaxiiTarget,
  { limit, encoding = 'gzip' }: { limit: number; encoding?: Encoding },
): Contender {
  const name = `${target.name}, warm page of ${limit.toLocaleString('en')}${encoding === 'gzip' ? ', gzip' : ''}`
  const path = pagePath(target, 'objects', { limit: String(limit) })
  return contender(target, name, () => {
    return { path, headers: { ...target.headers(), 'Accept-Encoding': encoding } }
  })
}

/** A request that a key is checked and counted for, and little else is done. */
export function admissionOnly(target: TaxiiTarget, name: string): Contender {
  return contender(target, name, () => ({ path: '/api/taxii2/api/', headers: target.headers() }))
}

/** A poll that finds nothing new. */
export function headPoll(target: TaxiiTarget, headMs: number, name: string): Contender {
  const added_after = new Date(headMs).toISOString()
  const path = pagePath(target, 'objects', { added_after })
  return contender(target, name, () => {
    return { path, headers: { ...target.headers(), 'Accept-Encoding': 'gzip' } }
  })
}

export function bareHi(bare: BareServer): Contender {
  return barePath(bare, 'a Worker that says "hi"', () => '/hi')
}

export function bareObjectCall(bare: BareServer): Contender {
  return barePath(bare, 'the same with one Durable Object call', () => '/object')
}

export function barePages(bare: BareServer, positions: Positions, limit: number): Contender {
  const path = () => `/page?after=${positions.next()}&limit=${limit}`
  return barePath(bare, `bare D1-to-body handler, page of ${limit.toLocaleString('en')}`, path)
}

/** Throws unless the answer holds exactly so many objects, in the encoding asked for. */
export async function requirePage(
  reader: HttpReader,
  { name, url, next }: Contender,
  wanted: { objects: number; encoding?: Encoding },
): Promise<void> {
  const { path, headers } = next()
  const answer = await reader.require(url + path, headers)
  const encoding = answer.headers['content-encoding'] ?? 'identity'
  if (encoding !== (wanted.encoding ?? 'identity')) {
    throw new Error(`${name}: the answer came with content encoding ${encoding}`)
  }
  const page = encoding === 'gzip' ? gunzipSync(answer.body) : answer.body
  const { length } = indicatorIds(page)
  if (length !== wanted.objects) {
    throw new Error(`${name}: the answer has ${length} objects, not ${wanted.objects}`)
  }
}

function contender({ url, pid }: TaxiiTarget, name: string, next: Contender['next']): Contender {
  return { name, url, pid, next }
}

function barePath({ url, pid }: BareServer, name: string, path: () => string): Contender {
  return { name, url, pid, next: () => ({ path: path(), headers: {} }) }
}
