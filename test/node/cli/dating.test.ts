// Dates of another server on their way here: a client that goes on from any position it had there
// misses nothing.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Dating, dateRecords, NOTHING_DATED } from '../../../cli/operator/import/dating.ts'

const BASE_MS = Date.UTC(2026, 0)

/** As other servers write a date: with so many decimals. */
function dateOf(nanos: bigint, decimals: number): string {
  const ms = BASE_MS + Number(nanos / 1_000_000n)
  const rest = String(nanos % 1_000_000n).padStart(6, '0')
  const whole = `${new Date(ms).toISOString().slice(0, -1)}${rest}`
  return decimals === 0 ? `${whole.slice(0, 19)}Z` : `${whole.slice(0, 20 + decimals)}Z`
}

const record = (date: string) => `{"date_added":"${date}","object":{"n":1}}`

function given(dates: readonly string[], before: Dating = NOTHING_DATED): number[] {
  const batch = dateRecords(dates.map(record), before)
  if ('problem' in batch) throw new Error(batch.problem)
  return batch.lines.map(({ dateAdded }) => Date.parse(dateAdded))
}

const nanos = fc.bigInt({ min: 0n, max: 20_000_000n })

describe('dates', () => {
  it('lose nobody, wherever a client stands, and rise by whole milliseconds', () => {
    fc.assert(
      fc.property(
        fc.array(nanos, { minLength: 1, maxLength: 40 }),
        fc.constantFrom(0, 3, 6, 9),
        nanos,
        (times, decimals, position) => {
          const unit = { 0: 1_000_000_000n, 3: 1_000_000n, 6: 1_000n, 9: 1n }[decimals] ?? 1n
          const sorted = times.map((time) => time - (time % unit)).sort((a, b) => Number(a - b))
          const ours = given(sorted.map((time) => dateOf(time, decimals)))
          // A client sends what it kept, and the server looks behind its whole millisecond.
          const afterMs = BASE_MS + Number(position / 1_000_000n)
          for (const [at, ms] of ours.entries()) {
            expect(ms).toBeGreaterThan(ours[at - 1] ?? 0)
            if ((sorted[at] ?? 0n) > position) expect(ms).toBeGreaterThan(afterMs)
          }
        },
      ),
    )
  })

  it('are the same in one batch as in several', () => {
    fc.assert(
      fc.property(fc.array(nanos, { maxLength: 30 }), fc.nat(30), (times, cut) => {
        const dates = times.sort((a, b) => Number(a - b)).map((time) => dateOf(time, 9))
        const first = dateRecords(dates.slice(0, cut).map(record), NOTHING_DATED)
        if ('problem' in first) throw new Error(first.problem)
        const rest = given(dates.slice(cut), first.after)
        expect([...first.lines.map(({ dateAdded }) => Date.parse(dateAdded)), ...rest]).toEqual(
          given(dates),
        )
      }),
    )
  })

  it.each<[dates: string[], ours: number[]]>([
    [
      ['00:00:00.001Z', '00:00:00.002Z'],
      [1, 2],
    ],
    [
      ['00:00:00.0012Z', '00:00:00.0017Z', '00:00:00.003Z'],
      [2, 3, 4],
    ],
    [
      ['00:00:00Z', '00:00:00Z', '00:00:00.000000Z', '00:00:00.010Z'],
      [0, 1, 2, 10],
    ],
    [
      ['00:00:00.000000001Z', '00:00:00.0000000010Z'],
      [1, 2],
    ],
    [
      ['00:00:00.9999Z', '00:00:01Z'],
      [1000, 1001],
    ],
  ])('%j become milliseconds %j', (dates, ours) => {
    const full = dates.map((time) => `2026-01-01T${time}`)
    expect(given(full).map((ms) => ms - BASE_MS)).toEqual(ours)
  })

  it('that fall are a problem of the file', () => {
    const lines = ['2026-01-01T00:00:00.000002Z', '2026-01-01T00:00:00.000001Z'].map(record)
    expect(dateRecords(lines, NOTHING_DATED)).toEqual({
      index: 1,
      problem: expect.stringContaining('2026-01-01T00:00:00.000001Z'),
    })
  })

  it('leave the text of the object as it is, also as bytes', () => {
    const object = Buffer.from('{ "n":1.0,\n "é":"\\u00e9 ü" }').toString('latin1')
    const line = `{"version":"x","object": ${object} , "date_added" : "2026-01-01T00:00:00Z"}`
    const batch = dateRecords(
      [line, `{"text":"{\\u00e9}","date_added":"2026-01-01T00:00:00Z"}`],
      NOTHING_DATED,
    )
    expect('lines' in batch && batch.lines.map(({ line: sent }) => sent.toString('utf8'))).toEqual([
      '{"date_added":"2026-01-01T00:00:00.000000Z","object":{ "n":1.0,\n "é":"\\u00e9 ü" }}',
      '{"date_added":"2026-01-01T00:00:00.001000Z","text":"{\\u00e9}"}',
    ])
  })

  it('of what is no record are passed over, with a reason', () => {
    const lines = ['{}', record('2026-01-01T00:00:00Z'), record('yesterday'), '{"date_added":']
    const batch = dateRecords(lines, NOTHING_DATED)
    expect(batch).toMatchObject({
      places: [1],
      refused: [{ index: 0 }, { index: 2 }, { index: 3 }],
    })
  })
})
