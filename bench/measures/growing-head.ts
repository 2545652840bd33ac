// What a feed lives through: a thousand keys, each polling ten times a minute from where it stands,
// while the collection grows. Each must end with every object that was added.

import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import type { Bench } from '../bench.ts'
import { HttpReader } from '../load/http-reader.ts'
import { indicatorIds } from '../load/walk.ts'
import type { Figure, Part, PartResult } from '../part.ts'
import type { EdgeServer } from '../servers/edge.ts'
import { pagePath, TAXII, type TaxiiTarget } from '../servers/taxii-target.ts'
import { quantile, spreadOf } from '../statistics.ts'

export const growingHead: Part = {
  name: 'head',
  title: 'Polls of a collection that grows, by many keys',
  measure,
}

const POLLS_A_MINUTE = 10
const CONNECTIONS = 64
const ADDED_AT_ONCE = 20
const ADDED_EVERY_MS = 2_000

type Poller = { key: string; position: string; got: Set<string> }
type Poll = { milliseconds: number; queries: number; source: string }

async function measure(bench: Bench): Promise<PartResult> {
  const { headKeys, headSeconds, objects } = bench.plan
  const { server, target, headMs } = await bench.edge(objects.fewest)
  const keys = await server.createKeys(headKeys)
  const start = new Date(headMs).toISOString()
  const pollers = keys.map((key): Poller => ({ key, position: start, got: new Set() }))
  const reader = new HttpReader(CONNECTIONS)
  try {
    const polls: Poll[] = []
    const added = new Set<string>()
    const stop = AbortSignal.timeout(headSeconds * 1000)
    await Promise.all([
      grow(server, added, stop),
      pollInTurns(reader, target, { pollers, polls, stop }),
    ])
    // What was added last has still to be fetched; these polls are not measured.
    for (const poller of pollers) await poll(reader, target, poller)
    const whole = pollers.filter(({ got }) => added.isSubsetOf(got)).length
    return {
      figures: figuresOf(polls, headSeconds, added.size),
      verdicts: [{ target: 'head-whole', spread: spreadOf([whole / pollers.length]) }],
      remarks: [
        `${headKeys.toLocaleString('en')} keys, each with its own position, ${POLLS_A_MINUTE} polls a minute; ${ADDED_AT_ONCE} objects are added every ${ADDED_EVERY_MS / 1000} s.`,
      ],
    }
  } finally {
    reader.close()
  }
}

async function grow(server: EdgeServer, added: Set<string>, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    for (const id of await server.addIndicators(ADDED_AT_ONCE)) added.add(id)
    await sleep(ADDED_EVERY_MS)
  }
}

type Turns = { pollers: Poller[]; polls: Poll[]; stop: AbortSignal }

/** Polls begin at an even pace, whether or not earlier ones have been answered. */
async function pollInTurns(reader: HttpReader, target: TaxiiTarget, turns: Turns): Promise<void> {
  const { pollers, polls, stop } = turns
  const everyMs = 60_000 / (pollers.length * POLLS_A_MINUTE)
  const underWay = new Set<Promise<void>>()
  const startedMs = performance.now()
  for (let turn = 0; !stop.aborted; turn++) {
    const poller = pollers[turn % pollers.length]
    if (poller === undefined) return
    const work = poll(reader, target, poller).then((made) => {
      polls.push(made)
      underWay.delete(work)
    })
    underWay.add(work)
    await sleep(Math.max(0, startedMs + (turn + 1) * everyMs - performance.now()))
  }
  await Promise.all(underWay)
}

async function poll(reader: HttpReader, target: TaxiiTarget, poller: Poller): Promise<Poll> {
  const { key, position } = poller
  const path = pagePath(target, 'objects', { added_after: position, limit: '1000' })
  const headers = {
    Accept: TAXII,
    Authorization: `Bearer ${key}`,
    'Accept-Encoding': 'gzip',
    'X-Server-Timing': '1',
  }
  const startedMs = performance.now()
  const answer = await reader.require(target.url + path, headers)
  const milliseconds = performance.now() - startedMs
  const zipped = answer.headers['content-encoding'] === 'gzip'
  for (const id of indicatorIds(zipped ? gunzipSync(answer.body) : answer.body)) poller.got.add(id)
  poller.position = String(answer.headers['x-taxii-date-added-last'] ?? position)
  const timing = String(answer.headers['server-timing'] ?? '')
  return {
    milliseconds,
    queries: Number(/d1;[^,]*desc="(\d+) /.exec(timing)?.[1] ?? 0),
    source: /cache;desc=(\w+)/.exec(timing)?.[1] ?? 'none',
  }
}

function figuresOf(polls: Poll[], seconds: number, added: number): Figure[] {
  const figure = (what: string, unit: string, value: number): Figure => ({
    what,
    unit,
    spread: spreadOf([value]),
  })
  const latencies = polls.map(({ milliseconds }) => milliseconds)
  const share = (sources: string[]) =>
    (polls.filter(({ source }) => sources.includes(source)).length * 100) / polls.length
  return [
    figure('polls', 'a minute', (polls.length * 60) / seconds),
    figure('latency p50', 'ms', quantile(latencies, 0.5)),
    figure('latency p99', 'ms', quantile(latencies, 0.99)),
    figure(
      'D1 queries a poll',
      '',
      polls.reduce((sum, { queries }) => sum + queries, 0) / polls.length,
    ),
    figure('answered from facts alone, with nothing new', '%', share(['none'])),
    figure(
      'answered from a kept page, or one being made',
      '%',
      share(['memory', 'joined', 'ahead']),
    ),
    figure('built', '%', share(['built'])),
    figure('objects added meanwhile', '', added),
  ]
}
