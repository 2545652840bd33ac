// Readers that follow a collection while it grows, each in the way of some shipped client.
import type { Answer } from '../../support/http.ts'
import { lastDateOf } from '../../support/walk.ts'
import type { Asker } from './asker.ts'

type Query = Record<string, string>

/** How a reader asks: at first and after every pause (`start`), and while there is more (`onward`). */
export type Way = {
  name: string
  start: (position: string | undefined) => Query
  onward: (answer: Answer, memory: Memory) => Query
}

type Memory = { below: (max: number) => number; cursors: string[]; start: Query }

export type Page = {
  versions: { id: string; version: string }[]
  first: string | null
  last: string | null
  /** Where the request began; undefined when it did not follow the page before it. */
  startedMs: number
  endedMs: number
}

export type Read = { way: Way; pages: Page[] }

type Scene = {
  ask: Asker
  path: string
  key: string
  below: (max: number) => number
  /** When nothing is written any more and no memory of before is used any more. */
  isSettled: () => boolean
  pagesMax: number
}

const PAUSE_MS = 20

/** Polls until it finds nothing more after everything has settled. */
export async function read(way: Way, scene: Scene): Promise<Read> {
  const { ask, path, key, below, isSettled, pagesMax } = scene
  const pages: Page[] = []
  const cursors: string[] = []
  let position: string | undefined
  let start = way.start(position)
  let query = start
  for (;;) {
    if (pages.length > pagesMax) throw new Error(`${way.name}: no end after ${pagesMax} pages`)
    const wasSettled = isSettled()
    const startedMs = Date.now()
    const headers = { 'Accept-Encoding': below(2) === 0 ? 'gzip' : 'identity' }
    const answer = await ask(`${path}?${new URLSearchParams(query)}`, { key, headers })
    if (answer.status !== 200) throw new Error(`${way.name}: ${answer.status} ${answer.text}`)
    pages.push(pageOf(answer, startedMs))
    if (answer.headers.has('X-TAXII-Date-Added-Last')) position = later(position, answer)
    if (answer.json.more) {
      cursors.push(answer.json.next)
      query = way.onward(answer, { below, cursors, start })
      continue
    }
    if (wasSettled) return { way, pages }
    await scheduler.wait(PAUSE_MS)
    start = way.start(position)
    query = start
  }
}

/** A client that resends an old cursor must not take its answer for progress backwards. */
function later(position: string | undefined, answer: Answer): string {
  const last = lastDateOf(answer)
  return position === undefined || last > position ? last : position
}

function pageOf({ json, headers }: Answer, startedMs: number): Page {
  return {
    versions: json.objects.map((object: { id: string; modified: string }) => ({
      id: object.id,
      version: object.modified,
    })),
    first: headers.get('X-TAXII-Date-Added-First'),
    last: headers.get('X-TAXII-Date-Added-Last'),
    startedMs,
    endedMs: Date.now(),
  }
}

export function toMilliseconds(date: string): string {
  return date.replace(/\.(\d{3})\d*Z$/, '.$1Z')
}

export function toSeconds(date: string): string {
  return date.replace(/\.\d+Z$/, 'Z')
}

/** Nothing but `next` while there is more; the header after a pause. */
export function byNext(limit: number, filters: Query = {}, cut = same): Way {
  return {
    name: `next alone, limit ${limit}`,
    start: (position) => ({ ...filters, limit: String(limit), ...from(position, cut) }),
    onward: ({ json }) => ({ next: json.next }),
  }
}

/** Nothing but the header. */
export function byHeader(limit: number, filters: Query = {}, cut = same): Way {
  const ask = (position: string | undefined) => ({
    ...filters,
    limit: String(limit),
    ...from(position, cut),
  })
  return {
    name: `header alone, limit ${limit}${cut === same ? '' : `, cut by ${cut.name}`}`,
    start: ask,
    onward: (answer) => ask(lastDateOf(answer)),
  }
}

/** `next` together with the header moved on, as OpenCTI sends them. */
export function byBoth(limit: number, filters: Query = {}): Way {
  return {
    name: `next and header, limit ${limit}`,
    start: (position) => ({ ...filters, limit: String(limit), ...from(position, toMilliseconds) }),
    onward: (answer, { start }) => ({
      ...start,
      next: answer.json.next,
      added_after: toMilliseconds(lastDateOf(answer)),
    }),
  }
}

/** Another way at each page, another limit, now and then a cursor of long ago. */
export function byWhim(filters: Query = {}): Way {
  const limits = ['1', '7', '100', '1000']
  return {
    name: 'by whim',
    start: (position) => ({ ...filters, ...from(position, toMilliseconds) }),
    onward: (answer, { below, cursors }) => {
      const limit = limits[below(limits.length)] ?? '7'
      const old = cursors[below(cursors.length)] ?? ''
      const ways: Query[] = [
        { next: answer.json.next },
        { ...filters, next: answer.json.next, limit },
        { ...filters, added_after: toMilliseconds(lastDateOf(answer)), limit },
        { ...filters, next: answer.json.next, added_after: lastDateOf(answer), limit },
        ...(below(4) === 0 ? [{ next: old, limit: '1000' }] : []),
      ]
      return ways[below(ways.length)] ?? {}
    },
  }
}

function from(position: string | undefined, cut: (date: string) => string): Query {
  return position === undefined ? {} : { added_after: cut(position) }
}

function same(date: string): string {
  return date
}
