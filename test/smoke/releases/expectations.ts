// What must hold of a release's data under any Worker that comes across it: the one that wrote it,
// a later one, and the first again after a roll-back.
import { expect } from 'vitest'
import type { KeyUsage } from '../../../cli/operator/resources.ts'
import { ADMIN_TOKEN, keyIdOf, operatorTokenOf, tokenOf } from './derived-secrets.ts'
import { API_ROOT, type RecordedPage, type Recording, walk } from './recording.ts'

type Json = Record<string, unknown>

export async function call<Body = Json>(
  url: string,
  token: string,
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; json: Body; headers: Headers }> {
  const headers = { Authorization: `Bearer ${token}`, ...init.headers }
  const response = await fetch(`${url}${path}`, { ...init, headers })
  const json = (await response.json()) as Body
  return { status: response.status, json, headers: response.headers }
}

/**
 * Every walk, from its beginning and from every position that a client of then may hold. Where
 * objects were added since, they stand behind the others.
 */
export async function expectWalks(
  url: string,
  { walks }: Pick<Recording, 'walks'>,
  { isGrown = false } = {},
): Promise<void> {
  for (const { key, path, query, pages } of walks) {
    const isDescending = query.x_sort === 'desc'
    for (const [index, page] of pages.entries()) {
      const rest = itemsOf(pages.slice(index))
      for (const position of positionsOf(page, isDescending ? undefined : pages[index - 1])) {
        const found = itemsOf(await walk(url, tokenOf(key), { path, query }, position))
        const length = isGrown ? rest.length : found.length
        const recorded = isDescending ? found.slice(-length) : found.slice(0, length)
        expect(recorded, `${path} ${JSON.stringify({ ...query, ...position })}`).toBe(rest)
      }
    }
  }
}

/** The cursor that led to the page, and the date that the page before it ended with. */
function positionsOf(
  { next }: RecordedPage,
  before: RecordedPage | undefined,
): Record<string, string>[] {
  if (next === null) return [{}]
  return before?.last ? [{ next }, { added_after: before.last }] : [{ next }]
}

function itemsOf(pages: readonly RecordedPage[]): string {
  return pages.flatMap(({ items }) => (items === '' ? [] : [items])).join(',')
}

export async function expectDates(url: string, { walks }: Recording): Promise<void> {
  for (const { key, path, query, pages } of walks) {
    const found = await walk(url, tokenOf(key), { path, query })
    expect([found[0]?.first, found.at(-1)?.last]).toEqual([pages[0]?.first, pages.at(-1)?.last])
  }
}

export async function expectCollections(url: string, { collections }: Recording): Promise<void> {
  const { json } = await call(url, ADMIN_TOKEN, '/admin/collections/')
  for (const collection of collections) {
    // It grows while the test writes.
    const { last_added: _, ...lasting } = collection
    expect(json.collections).toContainEqual(expect.objectContaining(lasting))
  }
}

/** Each key as it was, and what it may do. */
export async function expectKeys(url: string, { keys }: Recording): Promise<void> {
  const { json } = await call(url, ADMIN_TOKEN, '/admin/keys/?limit=100')
  for (const { per_minute: _, per_day: __, ...lasting } of keys) {
    expect(json.keys).toContainEqual(expect.objectContaining(lasting))
  }
  const expected: Record<string, [status: number, code?: string]> = {
    pro: [200],
    writer: [200],
    lasting: [200],
    inside: [200],
    successor: [200],
    free: [403, 'insufficient_scope'],
    bound: [404, 'not_found'],
    outside: [403, 'forbidden'],
    revoked: [401, 'revoked_api_key'],
    replaced: [401, 'expired_api_key'],
  }
  const path = `${API_ROOT}/collections/soc-defenders-all/objects/?limit=1`
  for (const [name, answer] of Object.entries(expected)) {
    const { status, json } = await call<{ error?: Json }>(url, tokenOf(name), path)
    expect([name, status, json.error?.code]).toEqual([name, answer[0], answer[1]])
  }
  const own = await call(url, tokenOf('bound'), `${API_ROOT}/collections/partner/`)
  expect([own.status, own.headers.get('X-RateLimit-Limit')]).toEqual([200, '77'])
}

export async function expectStatuses(url: string, { statuses }: Recording): Promise<void> {
  for (const { key, path, answer } of statuses) {
    const found = await call(url, tokenOf(key), `${API_ROOT}${path}`)
    expect([found.status, found.json]).toEqual([200, answer])
    expect((await call(url, tokenOf('pro'), `${API_ROOT}${path}`)).status).toBe(404)
  }
}

export async function expectOperatorsSide(url: string, recording: Recording): Promise<void> {
  const erin = operatorTokenOf('erin')
  const { operators } = (await call(url, erin, '/admin/operators/')).json
  expect(operators).toEqual(expect.arrayContaining(recording.operators))
  const { lines } = (await call(url, erin, '/admin/audit/?limit=200')).json
  for (const { at: _, ...line } of recording.audit) {
    expect(lines).toContainEqual(expect.objectContaining(line))
  }
  for (const { keyId, collection, position } of recording.reads) {
    expect(keyId).toBe(keyIdOf('bound'))
    const { json } = await call<KeyUsage>(url, erin, `/admin/keys/${keyId}/usage/`)
    expect(json.reads).toContainEqual(expect.objectContaining({ collection, position }))
  }
}
