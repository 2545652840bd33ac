import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Counters,
  type Decision,
  type Limits,
  NOTHING_SPENT,
  spend,
} from '../../../src/keys/window.ts'
import { NOON_MS } from './make-key.ts'

const MIDNIGHT_MS = NOON_MS + 12 * 3_600_000
const FREE = { unitsPerMinute: 10, unitsPerDay: 1000 }
const PRO = { unitsPerMinute: 1000, unitsPerDay: 1_000_000 }

type Ask = { thousandths: number; nowMs: number }

/** Asks one after the other, on one set of counters. */
function askAll(limits: Limits, asks: Ask[]): { decisions: Decision[]; counters: Counters } {
  let counters = NOTHING_SPENT
  const decisions = asks.map(({ thousandths, nowMs }) => {
    const outcome = spend(counters, limits, thousandths, nowMs)
    counters = outcome.counters
    return outcome.decision
  })
  return { decisions, counters }
}

function repeat(times: number, ask: Ask): Ask[] {
  return Array<Ask>(times).fill(ask)
}

describe('spending', () => {
  it.each([
    ['free', 2.5, 4, FREE],
    ['free', 1, 10, FREE],
    ['free', 3, 3, FREE],
    ['pro', 2.5, 400, PRO],
    ['pro', 1, 1000, PRO],
    ['pro', 0.1, 10_000, PRO],
  ])('admits in a minute of %s, at weight %d, exactly %i', (_, units, fits, limits) => {
    const ask = { thousandths: units * 1000, nowMs: NOON_MS }
    const { decisions } = askAll(limits, repeat(fits + 1, ask))
    expect(decisions.filter(({ admitted }) => admitted)).toHaveLength(fits)
    expect(decisions[fits]).toMatchObject({ admitted: false, reason: 'minute' })
  })

  it('tells limit, whole units left and reset of both windows', () => {
    const { decisions } = askAll(PRO, repeat(3, { thousandths: 2500, nowMs: NOON_MS + 1 }))
    expect(decisions[2]).toEqual({
      admitted: true,
      windows: {
        minute: { limit: 1000, remaining: 992, resetAtSeconds: NOON_MS / 1000 + 60 },
        day: { limit: 1_000_000, remaining: 999_992, resetAtSeconds: MIDNIGHT_MS / 1000 },
      },
    })
  })

  it.each([
    [0, 60],
    [1, 60],
    [59_000, 1],
    [59_001, 1],
    [59_999, 1],
  ])('%i ms into the minute, says to retry in %i s', (sinceMs, seconds) => {
    const ask = { thousandths: 10_000, nowMs: NOON_MS + sinceMs }
    expect(askAll(FREE, repeat(2, ask)).decisions[1]).toMatchObject({
      admitted: false,
      reason: 'minute',
      retryAfterSeconds: seconds,
    })
  })

  it('names the day when both windows refuse', () => {
    const both = { unitsPerMinute: 5, unitsPerDay: 5 }
    const { decisions } = askAll(both, repeat(2, { thousandths: 5000, nowMs: NOON_MS }))
    expect(decisions[1]).toMatchObject({ reason: 'day', retryAfterSeconds: 12 * 3600 })
  })

  it('starts a minute at :00 and a day at 00:00 UTC, not sooner', () => {
    const limits = { unitsPerMinute: 1, unitsPerDay: 2 }
    const times = [-60_001, -60_000, -1, 0, 1, 60_000].map((ms) => MIDNIGHT_MS + ms)
    const { decisions } = askAll(
      limits,
      times.map((nowMs) => ({ thousandths: 1000, nowMs })),
    )
    expect(decisions.map((each) => each.admitted || each.reason)).toEqual([
      true,
      true,
      'day',
      true,
      'minute',
      true,
    ])
  })

  it('never admits a weight above the limit, and names the reset', () => {
    const { decisions, counters } = askAll(FREE, [{ thousandths: 10_001, nowMs: NOON_MS }])
    expect(decisions[0]).toMatchObject({
      admitted: false,
      reason: 'minute',
      retryAfterSeconds: 60,
      windows: { minute: { remaining: 10 } },
    })
    expect(counters.minute.spentThousandths).toBe(0)
  })

  it('asks without spending at weight 0, also when nothing is left', () => {
    const exhausting = { thousandths: 10_000, nowMs: NOON_MS }
    const { decisions } = askAll(FREE, [exhausting, { thousandths: 0, nowMs: NOON_MS }])
    expect(decisions[1]).toMatchObject({ admitted: true, windows: { minute: { remaining: 0 } } })
  })

  it('has nothing left, not less, after a limit was lowered', () => {
    const { counters } = askAll(PRO, [{ thousandths: 500_000, nowMs: NOON_MS }])
    const { decision } = spend(counters, FREE, 1000, NOON_MS)
    expect(decision).toMatchObject({ admitted: false, windows: { minute: { remaining: 0 } } })
    expect(spend(counters, FREE, 0, NOON_MS).decision.admitted).toBe(true)
    expect(spend(counters, PRO, 1000, NOON_MS).decision.admitted).toBe(true)
  })

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
    'takes %d for a fault',
    (weight) => {
      expect(() => spend(NOTHING_SPENT, FREE, weight, NOON_MS)).toThrow(RangeError)
    },
  )
})

describe('a clock that steps back', () => {
  it('stays in the newer window and keeps its count', () => {
    const { decisions, counters } = askAll(FREE, [
      { thousandths: 8000, nowMs: NOON_MS },
      { thousandths: 2000, nowMs: NOON_MS - 3_600_000 },
      { thousandths: 1000, nowMs: NOON_MS - 3_600_000 },
    ])
    expect(decisions.map((each) => each.admitted)).toEqual([true, true, false])
    expect(counters.minute).toEqual({ startMs: NOON_MS, spentThousandths: 10_000 })
    expect(decisions[2]).toMatchObject({ retryAfterSeconds: 3660 })
  })
})

const asks = fc.array(
  fc.record({
    thousandths: fc.integer({ min: 0, max: 6000 }),
    stepMs: fc.integer({ min: -90_000, max: 90_000 }),
  }),
  { maxLength: 200 },
)
const someLimits = fc.record({
  unitsPerMinute: fc.integer({ min: 1, max: 20 }),
  unitsPerDay: fc.integer({ min: 1, max: 100 }),
})

function atTimes(steps: { thousandths: number; stepMs: number }[]): Ask[] {
  let nowMs = MIDNIGHT_MS
  return steps.map(({ thousandths, stepMs }) => {
    nowMs += stepMs
    return { thousandths, nowMs }
  })
}

describe('whatever is asked, whenever', () => {
  it('never admits more in a window than its limit', () => {
    fc.assert(
      fc.property(someLimits, asks, (limits, steps) => {
        const asked = atTimes(steps)
        const { decisions } = askAll(limits, asked)
        const spent = new Map<string, number>()
        decisions.forEach(({ admitted, windows }, i) => {
          for (const name of ['minute', 'day'] as const) {
            const window = `${name} ${windows[name].resetAtSeconds}`
            const charged = admitted ? (asked[i]?.thousandths ?? 0) : 0
            spent.set(window, (spent.get(window) ?? 0) + charged)
            const limit = name === 'minute' ? limits.unitsPerMinute : limits.unitsPerDay
            expect(spent.get(window)).toBeLessThanOrEqual(limit * 1000)
          }
        })
      }),
    )
  })

  it('leaves what a refused request found, and refuses only what does not fit', () => {
    fc.assert(
      fc.property(someLimits, asks, (limits, steps) => {
        let counters = NOTHING_SPENT
        for (const { thousandths, nowMs } of atTimes(steps)) {
          const before = spend(counters, limits, 0, nowMs)
          const outcome = spend(counters, limits, thousandths, nowMs)
          counters = outcome.counters
          const { minute, day } = outcome.counters
          const wouldFit =
            minute.spentThousandths + thousandths <= limits.unitsPerMinute * 1000 &&
            day.spentThousandths + thousandths <= limits.unitsPerDay * 1000
          if (outcome.decision.admitted) continue
          expect(outcome.counters).toEqual(before.counters)
          expect(wouldFit).toBe(false)
          expect(outcome.decision.retryAfterSeconds).toBeGreaterThanOrEqual(1)
        }
      }),
    )
  })

  it('has a whole, never negative, number of units left, and windows that only move on', () => {
    fc.assert(
      fc.property(someLimits, asks, (limits, steps) => {
        const { decisions } = askAll(limits, atTimes(steps))
        let last = { minute: 0, day: 0 }
        for (const { windows } of decisions) {
          for (const { limit, remaining } of [windows.minute, windows.day]) {
            expect(Number.isInteger(remaining) && remaining >= 0 && remaining <= limit).toBe(true)
          }
          const now = {
            minute: windows.minute.resetAtSeconds,
            day: windows.day.resetAtSeconds,
          }
          expect(now.minute >= last.minute && now.day >= last.day).toBe(true)
          last = now
        }
      }),
    )
  })

  it('counts the same as a sum in integers does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 99_999 }), { maxLength: 300 }), (weights) => {
        const { counters } = askAll(
          { unitsPerMinute: 1_000_000, unitsPerDay: 1_000_000_000_000 },
          weights.map((thousandths) => ({ thousandths, nowMs: NOON_MS })),
        )
        const sum = weights.reduce((total, weight) => total + weight, 0)
        expect(counters.minute.spentThousandths).toBe(sum)
        expect(counters.day.spentThousandths).toBe(sum)
      }),
    )
  })
})
