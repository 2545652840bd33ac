import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  PARENTHESES_MAX,
  PATTERN_CHARS_MAX,
  parsePattern,
} from '../../../../src/stix/pattern/parse.ts'
import invalid from '../../../vectors/patterns.invalid.txt?raw'
import valid from '../../../vectors/patterns.valid.txt?raw'
import { casesOf, wordsAndRest } from '../read-vectors.ts'
import { observations, spell } from './make-patterns.ts'

const ONE = '[file:size = 1]'
const gap = fc.constantFrom(' ', '  ', '\t\n', ' /* a [gap] */ ', " // it's\n", '\u00a0\u0085')

describe('parsePattern', () => {
  for (const line of casesOf(valid)) {
    const [, pattern = ''] = wordsAndRest(line, 1)
    it(`parses ${pattern}`, () => {
      expect(parsePattern(pattern)).toMatchObject({ ok: true })
    })
  }

  for (const line of casesOf(invalid)) {
    const [offset, pattern = ''] = wordsAndRest(line, 1)
    it(`refuses ${pattern}`, () => {
      expect(parsePattern(pattern)).toMatchObject({
        ok: false,
        problem: { offset: Number(offset) },
      })
    })
  }

  it('refuses an empty pattern', () => {
    for (const pattern of ['', '  ', '// nothing', '/**/']) {
      expect(parsePattern(pattern)).toMatchObject({ ok: false })
    }
  })

  it('gives back the tree that a pattern was spelt from', () => {
    fc.assert(
      fc.property(observations, gap, gap, (tree, left, right) => {
        const tokens = spell(tree)
        const pattern = tokens.map((token, index) => token + (index % 2 ? left : right)).join('')
        expect(parsePattern(pattern)).toEqual({ ok: true, expression: tree })
      }),
    )
  })

  it('binds AND before OR before FOLLOWEDBY, and qualifiers before all', () => {
    const [a, b, c, d] = [1, 2, 3, 4].map((size) => `[file:size = ${size}]`)
    const pattern = `${a} FOLLOWEDBY ${b} OR ${c} AND ${d} WITHIN 5 SECONDS`
    const grouped = `${a} FOLLOWEDBY (${b} OR (${c} AND (${d} WITHIN 5 SECONDS)))`
    expect(parsePattern(pattern)).toEqual(parsePattern(grouped))
    expect(parsePattern(pattern)).not.toEqual(
      parsePattern(`((${a} FOLLOWEDBY ${b}) OR ${c} AND ${d}) WITHIN 5 SECONDS`),
    )
  })

  it('binds AND before OR inside an observation', () => {
    expect(parsePattern('[file:a = 1 OR file:b = 2 AND file:c = 3]')).toEqual(
      parsePattern('[file:a = 1 OR (file:b = 2 AND file:c = 3)]'),
    )
  })

  it('undoes the two escapes of strings', () => {
    const parsed = parsePattern(String.raw`[file:name = 'it\'s in C:\\temp']`)
    expect(parsed).toMatchObject({
      expression: { comparison: { values: [{ kind: 'string', value: "it's in C:\\temp" }] } },
    })
  })

  it('names what it found', () => {
    expect(parsePattern(`[file:name = ${'x'.repeat(99)}]`)).toMatchObject({
      problem: { message: expect.stringMatching(/found x{39}…$/) },
    })
  })
})

describe('bounds of parsePattern', () => {
  it('takes as many nested parentheses as it says, and no more', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}${ONE}${')'.repeat(depth)}`
    expect(parsePattern(nested(PARENTHESES_MAX))).toMatchObject({ ok: true })
    expect(parsePattern(nested(PARENTHESES_MAX + 1))).toMatchObject({
      ok: false,
      problem: { offset: PARENTHESES_MAX + 1 },
    })
  })

  it('counts nested parentheses, not parentheses', () => {
    const many = Array.from({ length: 200 }, () => `(${ONE})`).join(' AND ')
    expect(parsePattern(many)).toMatchObject({ ok: true })
  })

  it('takes a pattern as long as it says, and none longer', () => {
    const padded = ONE.padEnd(PATTERN_CHARS_MAX, ' ')
    expect(parsePattern(padded)).toMatchObject({ ok: true })
    expect(parsePattern(`${padded} `)).toMatchObject({ ok: false })
  })

  it('survives hostile patterns of that length', () => {
    for (const piece of [
      '(',
      '[',
      '/*',
      '//',
      "'",
      "\\'",
      '+',
      '.1',
      '1',
      '[aaa:b=1 OR ',
      '\ud800',
    ]) {
      const pattern = piece.repeat(PATTERN_CHARS_MAX / piece.length)
      expect(parsePattern(pattern)).toMatchObject({ ok: false })
      expect(parsePattern(`[file:name = '${pattern.slice(20)}`)).toMatchObject({ ok: false })
    }
  })

  it('has no depth for long chains and paths', () => {
    const chain = `[file:a = 1${' OR file:a = 1'.repeat(7_000)}]`
    const path = `[file:a${'[0]'.repeat(30_000)} = 1]`
    expect(parsePattern(chain)).toMatchObject({ ok: true })
    expect(parsePattern(path)).toMatchObject({ ok: true })
  })
})
