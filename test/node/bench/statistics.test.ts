import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memoryUseOf } from '../../../bench/load/memory.ts'
import { mean, pairedRatios, quantile, spreadOf } from '../../../bench/statistics.ts'

const measurements = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1 })

describe('statistics', () => {
  it('tells the middle of an odd number of values', () => {
    expect(spreadOf([5, 1, 3])).toEqual({ median: 3, low: 1, high: 5, samples: 3 })
  })

  it('tells the point halfway between the two middle values of an even number', () => {
    expect(spreadOf([4, 1, 2, 10]).median).toBe(3)
  })

  it('interpolates a quantile between its neighbours', () => {
    expect(quantile([0, 10, 20, 30, 40], 0.99)).toBeCloseTo(39.6)
  })

  it('keeps every quantile between the extremes, and rising with the share', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(measurements, share, share, (values, one, other) => {
        const { low, high } = spreadOf(values)
        const [lower, upper] = [Math.min(one, other), Math.max(one, other)]
        const slack = high * 1e-9
        expect(quantile(values, lower)).toBeLessThanOrEqual(quantile(values, upper) + slack)
        expect(quantile(values, lower)).toBeGreaterThanOrEqual(low)
        expect(quantile(values, upper)).toBeLessThanOrEqual(high + slack)
      }),
    )
  })

  it('does not depend on the order of the values', () => {
    fc.assert(
      fc.property(measurements, (values) => {
        expect(spreadOf(values.toReversed())).toEqual(spreadOf(values))
      }),
    )
  })

  it('refuses to tell anything of no values', () => {
    expect(() => spreadOf([])).toThrow(RangeError)
    expect(() => mean([])).toThrow(RangeError)
    expect(() => memoryUseOf([])).toThrow(RangeError)
  })

  it('takes ratios round by round', () => {
    expect(pairedRatios([10, 30], [5, 10])).toEqual([2, 3])
  })

  it('refuses rounds that do not pair up', () => {
    expect(() => pairedRatios([1, 2], [1])).toThrow(RangeError)
  })

  it('compares the quarters of a memory curve', () => {
    expect(memoryUseOf([1, 1, 4, 6, 9, 9, 20, 10])).toEqual({
      peakBytes: 20,
      secondQuarterBytes: 5,
      lastQuarterBytes: 15,
    })
  })

  it('makes do with a single reading of memory', () => {
    expect(memoryUseOf([7])).toEqual({ peakBytes: 7, secondQuarterBytes: 7, lastQuarterBytes: 7 })
  })
})
