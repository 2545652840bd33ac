import { describe, expect, it } from 'vitest'
import { indicatorTexts } from '../../../bench/data/indicators.ts'
import { readObject } from '../../../src/stix/object.ts'

const COUNT = 3_000
const texts = [...indicatorTexts(COUNT)]
const objects = texts.map((text) => JSON.parse(text) as Record<string, unknown>)

describe('the feed of the benchmark', () => {
  it('is the same each time', () => {
    expect([...indicatorTexts(COUNT)]).toEqual(texts)
  })

  it('begins with every shorter feed', () => {
    expect([...indicatorTexts(100)]).toEqual(texts.slice(0, 100))
  })

  it('has as many objects as were asked for, each on one line', () => {
    expect(texts).toHaveLength(COUNT)
    expect(texts.filter((text) => text.includes('\n'))).toEqual([])
  })

  it('gives no id twice', () => {
    expect(new Set(objects.map(({ id }) => id)).size).toBe(COUNT)
  })

  it('is made of objects that the server takes', () => {
    expect(texts.map(readObject).filter(({ ok }) => !ok)).toEqual([])
  })

  it('has objects of 800 to 900 bytes on average', () => {
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) / COUNT
    expect(bytes).toBeGreaterThan(800)
    expect(bytes).toBeLessThan(900)
  })

  it('is dated in rising order', () => {
    const created = objects.map((object) => String(object.created))
    expect(created).toEqual(created.toSorted())
  })

  it('names no address or domain that could be anybody’s', () => {
    const patterns = objects.map(({ pattern }) => String(pattern))
    const values = patterns.map((pattern) => /'([^']+)'\]$/.exec(pattern)?.[1] ?? pattern)
    const reserved = [
      /^192\.0\.2\.\d+$/,
      /^198\.51\.100\.\d+$/,
      /^203\.0\.113\.\d+$/,
      /^2001:db8:/,
      /^(https:\/\/)?[0-9a-f]+\.(example|test|invalid)(\/|$)/,
      /^[0-9a-f]{64}$/,
    ]
    expect(values.filter((value) => !reserved.some((form) => form.test(value)))).toEqual([])
  })
})
