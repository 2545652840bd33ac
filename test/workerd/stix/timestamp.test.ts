import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  formatMicros,
  formatMillis,
  instantOf,
  microsOf,
  millisAtOrAfter,
  wholeMillisOf,
} from '../../../src/stix/timestamp.ts'
import invalid from '../../vectors/timestamps.invalid.txt?raw'
import valid from '../../vectors/timestamps.valid.txt?raw'
import { casesOf } from './read-vectors.ts'

/** Years 1685 to 2254: where a number holds every microsecond. */
const exactMicros = fc.integer({ min: -8_993_000_000_000_000, max: 8_993_000_000_000_000 })
const anyMillis = fc.integer({ min: Date.UTC(1000, 0), max: Date.UTC(9999, 11) })

/** A timestamp of a precision of its own, close enough to others to collide with them. */
const timestamp = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.stringMatching(/^[019]{0,9}$/))
  .map(([second, digits]) => `2024-02-29T23:59:5${second}${digits && `.${digits}`}Z`)

describe('timestamps', () => {
  for (const line of casesOf(valid)) {
    const [text = '', instant, micros] = line.split(' ')
    it(`reads ${text}`, () => {
      expect(instantOf(text)).toBe(instant)
      expect(microsOf(text)).toBe(Number(micros))
    })
  }

  for (const text of casesOf(invalid)) {
    it(`refuses ${text}`, () => {
      expect(instantOf(text)).toBeUndefined()
      expect(microsOf(text)).toBeUndefined()
    })
  }

  it('refuses an empty text, whitespace and line ends around a timestamp', () => {
    for (const text of ['', ' 2024-01-01T00:00:00Z', '2024-01-01T00:00:00Z\n']) {
      expect(instantOf(text)).toBeUndefined()
    }
  })

  it('bounds the fraction at 100 digits', () => {
    expect(instantOf(`2024-01-01T00:00:00.${'1'.repeat(100)}Z`)).toHaveLength(120)
    expect(instantOf(`2024-01-01T00:00:00.${'1'.repeat(101)}Z`)).toBeUndefined()
  })
})

describe('instantOf', () => {
  it('sorts as time does, at any precision', () => {
    fc.assert(
      fc.property(timestamp, timestamp, (left, right) => {
        expect(order(instantOf(left), instantOf(right))).toBe(order(nanosOf(left), nanosOf(right)))
      }),
    )
  })

  it('is the same for a timestamp written with more zeros', () => {
    fc.assert(
      fc.property(timestamp, fc.integer({ min: 1, max: 5 }), (text, zeros) => {
        const point = text.includes('.') ? '' : '.'
        const longer = text.replace('Z', `${point}${'0'.repeat(zeros)}Z`)
        expect(instantOf(longer)).toBe(instantOf(text))
      }),
    )
  })
})

describe('formatMicros', () => {
  it('is undone by microsOf', () => {
    fc.assert(
      fc.property(exactMicros, (micros) => {
        expect(formatMicros(micros)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
        expect(microsOf(formatMicros(micros))).toBe(micros)
      }),
    )
  })

  it('keeps order', () => {
    fc.assert(
      fc.property(exactMicros, exactMicros, (left, right) => {
        expect(order(formatMicros(left), formatMicros(right))).toBe(order(left, right))
      }),
    )
  })

  it('writes the first and the last second there is', () => {
    for (const text of ['0000-01-01T00:00:00.000000Z', '9999-12-31T23:59:59.000000Z']) {
      expect(formatMicros(microsOf(text) ?? Number.NaN)).toBe(text)
    }
  })

  it('throws for what it cannot write', () => {
    for (const micros of [
      0.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      253402300800e6,
      -62167219201e6,
    ]) {
      expect(() => formatMicros(micros)).toThrow(RangeError)
    }
  })
})

describe('formatMillis', () => {
  it('writes what formatMicros writes', () => {
    fc.assert(
      fc.property(anyMillis, (ms) => {
        expect(formatMillis(ms)).toBe(new Date(ms).toISOString().replace('Z', '000Z'))
        if (Number.isSafeInteger(ms * 1000)) expect(formatMillis(ms)).toBe(formatMicros(ms * 1000))
      }),
    )
  })

  it('throws for what it cannot write', () => {
    for (const ms of [0.5, Number.NaN, 253402300800e3, -62167219201e3]) {
      expect(() => formatMillis(ms)).toThrow(RangeError)
    }
  })
})

describe('whole milliseconds', () => {
  it('are the first that are not before the instant', () => {
    fc.assert(
      fc.property(timestamp, (text) => {
        const ms = BigInt(millisAtOrAfter(text) ?? 0)
        expect(ms * 1_000_000n >= nanosOf(text)).toBe(true)
        expect((ms - 1n) * 1_000_000n < nanosOf(text)).toBe(true)
        const isWhole = ms * 1_000_000n === nanosOf(text)
        expect(wholeMillisOf(text)).toBe(isWhole ? Number(ms) : undefined)
      }),
    )
  })

  it('are none of what is no timestamp', () => {
    for (const text of ['', '2024-02-30T00:00:00Z', '2024-01-01']) {
      expect([millisAtOrAfter(text), wholeMillisOf(text)]).toEqual([undefined, undefined])
    }
  })

  it('heed the last of a hundred digits', () => {
    const text = `2024-01-01T00:00:00.${'0'.repeat(99)}1Z`
    expect([millisAtOrAfter(text), wholeMillisOf(text)]).toEqual([Date.UTC(2024, 0) + 1, undefined])
  })
})

function nanosOf(text: string): bigint {
  const [seconds = '', digits = ''] = text.slice(0, -1).split('.')
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(digits.padEnd(9, '0'))
}

function order(left: unknown, right: unknown): number {
  const [a, b] = [left, right] as [number, number]
  return a < b ? -1 : Number(a > b)
}
