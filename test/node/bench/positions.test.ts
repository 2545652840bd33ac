import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Positions, spreadOver } from '../../../bench/load/positions.ts'
import { Random } from '../../../cli/sample-feed/random.ts'

/** Pages as a server has them: rising, none over another, each of at least a millisecond. */
const pageDates = fc
  .array(fc.record({ gapMs: fc.integer({ min: 1, max: 50 }), spanMs: fc.nat(2_000) }), {
    minLength: 1,
    maxLength: 20,
  })
  .map((steps) => {
    let atMs = 1_700_000_000_000
    return steps.map(({ gapMs, spanMs }) => {
      const firstMs = atMs + gapMs
      atMs = firstMs + spanMs
      return { firstMs, lastMs: atMs }
    })
  })

describe('positions of cold pages', () => {
  it('are distinct, whole and before the last page', () => {
    fc.assert(
      fc.property(pageDates, fc.integer({ min: 1, max: 5_000 }), (pages, count) => {
        const positions = spreadOver(pages, count)
        const usable = pages.length > 1 ? pages.slice(0, -1) : pages
        expect(new Set(positions).size).toBe(positions.length)
        const isInPage = (ms: number) =>
          usable.some(({ firstMs, lastMs }) => ms >= firstMs && ms <= lastMs)
        expect(positions.every((ms) => Number.isInteger(ms) && isInPage(ms))).toBe(true)
      }),
    )
  })

  it('are taken from every page but the last', () => {
    const pages = [0, 1, 2].map((page) => ({ firstMs: page * 1_000, lastMs: page * 1_000 + 999 }))
    expect(spreadOver(pages, 4)).toEqual([0, 500, 1_000, 1_500])
  })

  it('are each given once before any is given again', () => {
    const positions = new Positions([1, 2, 3, 4], new Random(7))
    const round = () => Array.from({ length: 4 }, () => positions.next())
    const first = round()
    expect(first.toSorted()).toEqual([1, 2, 3, 4])
    expect(round()).toEqual(first)
  })

  it('are refused when there are none', () => {
    expect(() => new Positions([], new Random(7))).toThrow(RangeError)
  })
})
