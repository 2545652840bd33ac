import { describe, expect, it } from 'vitest'
import {
  count,
  type FinishedPeriods,
  mergeReports,
  noUsage,
  type UsageEvent,
  usageOf,
} from '../../../src/keys/usage.ts'
import { NOON_MS } from './make-key.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const ADMITTED: UsageEvent = { kind: 'admitted', thousandths: 2500 }

/** Counts events at their times, keeping finished periods as the object's storage does. */
function countAll(events: [number, UsageEvent][]) {
  const usage = noUsage()
  const slots: FinishedPeriods = {}
  for (const [nowMs, event] of events) Object.assign(slots, count(usage, event, nowMs))
  const periods = (prefix: string) =>
    Object.entries(slots).flatMap(([slot, period]) => (slot.startsWith(prefix) ? [period] : []))
  const finished = { minutes: periods('minute:'), days: periods('day:') }
  return { slots, at: (nowMs: number) => usageOf(usage, finished, nowMs) }
}

function readOf(collectionId: string, atMs: number, positionMs = atMs - 1000): UsageEvent {
  const reads = [{ collectionId, positionMs, atMs }]
  return { kind: 'served', report: { objects: 100, bytes: 9000, reads } }
}

describe('usage', () => {
  it('sums requests, units, objects, bytes and refusals of a minute and a day', () => {
    const usage = countAll([
      [NOON_MS, ADMITTED],
      [NOON_MS + 1, { kind: 'admitted', thousandths: 1000 }],
      [NOON_MS + 2, { kind: 'refused', reason: 'minute' }],
      [NOON_MS + 3, readOf('a', NOON_MS)],
      [NOON_MS + MINUTE_MS, { kind: 'refused', reason: 'revoked' }],
    ]).at(NOON_MS + MINUTE_MS)
    const refused = { revoked: 0, expired: 0, network: 0, minute: 0, day: 0 }
    const first = { requests: 2, thousandths: 3500, objects: 100, bytes: 9000 }
    const none = { requests: 0, thousandths: 0, objects: 0, bytes: 0 }
    expect(usage).toEqual({
      lastUsedAtMs: NOON_MS + 1,
      minutes: [
        { startMs: NOON_MS, ...first, refused: { ...refused, minute: 1 } },
        { startMs: NOON_MS + MINUTE_MS, ...none, refused: { ...refused, revoked: 1 } },
      ],
      days: [
        {
          startMs: NOON_MS - DAY_MS / 2,
          ...first,
          refused: { ...refused, minute: 1, revoked: 1 },
        },
      ],
      reads: [{ collectionId: 'a', positionMs: NOON_MS - 1000, atMs: NOON_MS }],
    })
  })

  it('is empty for a key never used', () => {
    expect(countAll([]).at(NOON_MS)).toEqual({
      lastUsedAtMs: null,
      minutes: [],
      days: [],
      reads: [],
    })
  })

  it('keeps an hour of minutes in as many slots', () => {
    const minutes = Array.from({ length: 200 }, (_, i) => NOON_MS + i * MINUTE_MS)
    const { at, slots } = countAll(minutes.map((nowMs) => [nowMs, ADMITTED]))
    const lastMs = NOON_MS + 199 * MINUTE_MS
    expect(at(lastMs).minutes.map(({ startMs }) => startMs)).toEqual(minutes.slice(-60))
    expect(at(lastMs + 59 * MINUTE_MS).minutes.map(({ startMs }) => startMs)).toEqual([lastMs])
    expect(at(lastMs + 60 * MINUTE_MS).minutes).toEqual([])
    expect(Object.keys(slots)).toHaveLength(60)
  })

  it('keeps 90 days in as many slots', () => {
    const days = Array.from({ length: 200 }, (_, i) => NOON_MS + i * DAY_MS)
    const { at, slots } = countAll(days.map((nowMs) => [nowMs, ADMITTED]))
    const kept = days.slice(-90).map((nowMs) => nowMs - DAY_MS / 2)
    expect(at(NOON_MS + 199 * DAY_MS).days.map(({ startMs }) => startMs)).toEqual(kept)
    expect(Object.keys(slots).filter((slot) => slot.startsWith('day:'))).toHaveLength(90)
  })

  it('counts into the newer minute when the clock went back', () => {
    const usage = countAll([
      [NOON_MS, ADMITTED],
      [NOON_MS - MINUTE_MS, ADMITTED],
    ]).at(NOON_MS)
    expect(usage.minutes.map(({ startMs, requests }) => [startMs, requests])).toEqual([
      [NOON_MS, 2],
    ])
    expect(usage.lastUsedAtMs).toBe(NOON_MS)
  })
})

describe('reads', () => {
  it('are the latest of each collection, in whatever order they come', () => {
    const usage = countAll([
      [NOON_MS, readOf('a', NOON_MS + 2, 20)],
      [NOON_MS, readOf('a', NOON_MS + 1, 10)],
      [NOON_MS, readOf('b', NOON_MS, 5)],
    ]).at(NOON_MS)
    expect(usage.reads).toEqual([
      { collectionId: 'b', positionMs: 5, atMs: NOON_MS },
      { collectionId: 'a', positionMs: 20, atMs: NOON_MS + 2 },
    ])
  })

  it('are kept of the 64 collections read last', () => {
    const events = Array.from({ length: 100 }, (_, i): [number, UsageEvent] => [
      NOON_MS,
      readOf(`collection ${i}`, NOON_MS + i),
    ])
    const { reads } = countAll(events).at(NOON_MS)
    expect(reads).toHaveLength(64)
    expect(reads[0]?.collectionId).toBe('collection 36')
  })
})

it('merges two reports into one', () => {
  const earlier = { objects: 1, bytes: 10, reads: [{ collectionId: 'a', positionMs: 1, atMs: 1 }] }
  const later = { objects: 2, bytes: 20, reads: [{ collectionId: 'a', positionMs: 5, atMs: 2 }] }
  expect(mergeReports(earlier, later)).toEqual({ objects: 3, bytes: 30, reads: later.reads })
  expect(mergeReports(later, earlier)).toEqual({ objects: 3, bytes: 30, reads: later.reads })
})
