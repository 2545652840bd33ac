// A player sends, request for request, what a shipped product sends, and keeps what the product
// would keep. Playing is to let it poll while the feed lives on, and to compare after every poll.
import { exports } from 'cloudflare:workers'
import { expect } from 'vitest'
import { type Answer, answerOf } from '../../support/http.ts'
import type { Feed, Fields } from './feed.ts'

export type Player = {
  /** One run of the product's schedule, to its end. */
  poll(): Promise<void>
  readonly holdings: Holdings
}

/** Objects by id, each in the latest version that came; and how many came in all. */
export class Holdings {
  readonly objects = new Map<string, Fields>()
  received = 0

  take(objects: Fields[]): void {
    this.received += objects.length
    for (const each of objects) {
      const held = this.objects.get(each.id)
      if ((held?.modified ?? '') <= (each.modified ?? '')) this.objects.set(each.id, each)
    }
  }

  clear(): void {
    this.objects.clear()
  }
}

export type Sent = { method?: string; headers?: Record<string, string>; body?: string }

/** Nothing is added to the headers; redirects are an answer like any other. */
export async function send(url: string, { method = 'GET', headers = {}, body }: Sent = {}) {
  const request = new Request(url, {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  })
  return await answerOf(await exports.default.fetch(request))
}

export async function sendWell(url: string, sent: Sent = {}): Promise<Answer> {
  const answer = await send(url, sent)
  if (answer.status >= 300) throw new Error(`${url}: ${answer.status} ${answer.text}`)
  return answer
}

export function basic(user: string, password: string): string {
  return `Basic ${btoa(`${user}:${password}`)}`
}

type Play = {
  days?: number
  /** What of the feed the product asks for. */
  wants?: (object: Fields) => boolean
  /** A product that shows the feed as it is forgets what is deleted; others are never told. */
  forgets?: boolean
}

const POLLS_A_DAY = 3

/** After every poll the product holds exactly what the server held at its polls. */
export async function play(
  feed: Feed,
  player: Player,
  { days = 4, wants = () => true, forgets = false }: Play = {},
): Promise<void> {
  const expected = new Map<string, Fields>()
  for (let day = 0; day < days; day++) {
    for (let poll = 0; poll < POLLS_A_DAY; poll++) {
      if (poll !== 1) await feed.change()
      await player.poll()
      if (forgets) expected.clear()
      for (const each of feed.held.values()) if (wants(each)) expected.set(each.id, each)
      expectSame(player.holdings.objects, expected)
    }
    feed.nextDay()
  }
  expect(expected.size).toBeGreaterThan(days)
}

export function expectSame(held: Map<string, Fields>, expected: Map<string, Fields>): void {
  expect(byId(held)).toEqual(byId(expected))
}

/** A run in which nothing has changed brings nothing. */
export async function expectIdleIsQuiet(player: Player): Promise<void> {
  await player.poll()
  const before = player.holdings.received
  await player.poll()
  await player.poll()
  expect(player.holdings.received - before).toBe(0)
}

function byId(objects: Map<string, Fields>): Fields[] {
  return [...objects.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}
