// Takes a collection with its views out of the server, and brings it back, as the command line does.
import { env } from 'cloudflare:workers'
import { type Answer, ask, operate } from './http.ts'
import { indicator } from './stix.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever members the state has
export type Taken = { state: any; lines: string[] }

/** All records of a collection or view, a page at a time. */
export async function takeLines(id: string, limit = 1000): Promise<string[]> {
  const all: string[] = []
  let after = ''
  for (;;) {
    const { text } = await operate('GET', `/collections/${id}/records/?limit=${limit}${after}`)
    const lines = text.trimEnd().split('\n')
    const { page } = JSON.parse(lines.pop() ?? '')
    if (page.records !== lines.length)
      throw new Error(`${lines.length} records, not ${page.records}`)
    all.push(...lines)
    if (!page.more) return all
    after = `&after=${page.last}`
  }
}

/** The collection first, then its views. */
export async function takeCollection(id: string, limit?: number): Promise<Taken[]> {
  const { collections } = (await operate('GET', '/collections/')).json
  const states = collections.filter(
    (each: { id: string; view_of: string | null }) => each.id === id || each.view_of === id,
  )
  states.sort(
    (a: { view_of: unknown }, b: { view_of: unknown }) =>
      Number(a.view_of !== null) - Number(b.view_of !== null),
  )
  const taken: Taken[] = []
  for (const state of states) taken.push({ state, lines: await takeLines(state.id, limit) })
  return taken
}

export async function removeTaken(taken: readonly Taken[]): Promise<void> {
  for (const { state } of taken.toReversed()) {
    await operate('DELETE', `/collections/${state.id}/?confirm=${state.id}`)
  }
}

/** Makes it again under its id, in requests of so many records, in the database named. */
export async function bringBack(
  taken: readonly Taken[],
  perRequest = 1000,
  database?: string,
): Promise<void> {
  for (const each of taken) {
    await makeAgain(each, database)
    await bringLines(each.state.id, each.lines, perRequest)
    await finish(each)
  }
  for (const { state } of taken) {
    await operate('PATCH', `/collections/${state.id}/`, {
      ...(state.view_of === null ? { can_write: state.can_write } : {}),
    })
  }
}

export async function makeAgain({ state }: Taken, database?: string): Promise<void> {
  const { id, alias, title, description, can_read, media_types, view_of, selects, created } = state
  const named = (kind: string) =>
    selects
      .filter((list: string) => list.startsWith(kind))
      .map((list: string) => list.slice(kind.length))
  await operate('POST', '/collections/', {
    ...{ id, title, can_read, created },
    ...(alias === null ? {} : { alias }),
    ...(description === null ? {} : { description }),
    ...(view_of === null
      ? { media_types, ...(database === undefined ? {} : { database }) }
      : { view: { of: view_of, types: named('type:'), subtypes: named('match:'), fill: false } }),
  })
}

export async function bringLines(id: string, lines: readonly string[], perRequest: number) {
  for (let at = 0; at < lines.length; at += perRequest) {
    const before = lines[at - 1]
    const answer = await sendLines(id, lines.slice(at, at + perRequest), before && dateOf(before))
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`)
    if (answer.json.refused.length > 0) throw new Error(answer.text)
  }
}

export async function sendLines(
  id: string,
  lines: readonly string[],
  after?: string,
): Promise<Answer> {
  const query = after === undefined ? '' : `?after=${after}`
  return await ask(`/admin/collections/${id}/records/${query}`, {
    method: 'POST',
    key: env.ADMIN_TOKEN,
    body: lines.join('\n'),
  })
}

export async function finish({ state, lines }: Taken): Promise<void> {
  const last = lines.at(-1)
  await operate('POST', `/collections/${state.id}/records/finish/`, {
    after: last === undefined ? null : dateOf(last),
    last_added: state.last_added,
  })
}

export function dateOf(line: string): string {
  return JSON.parse(line).date_added
}

/** The start of a day within every look-back. */
export const BASE_MS = Date.now() - (Date.now() % 86_400_000) - 30 * 86_400_000

export function dateAt(ms: number): string {
  return new Date(BASE_MS + ms).toISOString()
}

/** A record so many milliseconds after the start of that day. */
export function recordAt(ms: number, object: object = indicator()): string {
  return `{"date_added":"${dateAt(ms)}","object":${JSON.stringify(object)}}`
}
