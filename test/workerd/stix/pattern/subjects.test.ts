import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SUBJECT_TYPES_MAX, subjectsOfPattern } from '../../../../src/stix/pattern/subjects.ts'
import valid from '../../../vectors/patterns.valid.txt?raw'
import { casesOf, wordsAndRest } from '../read-vectors.ts'
import { observations, spell } from './make-patterns.ts'

describe('subjectsOfPattern', () => {
  for (const line of casesOf(valid)) {
    const [types = '', pattern = ''] = wordsAndRest(line, 1)
    it(`finds ${types} in ${pattern}`, () => {
      const subjects = subjectsOfPattern(pattern)
      expect(subjects).toMatchObject({ ok: true, types: types === '-' ? [] : types.split(',') })
    })
  }

  it('says where a pattern is wrong', () => {
    expect(subjectsOfPattern('[file.size = 1]')).toEqual({
      ok: false,
      problem: 'expected :, found . at 5',
    })
  })

  it('lays every comparison flat, in the order of the pattern', () => {
    const pattern =
      "([file:hashes.'SHA-256' = 'ab'] FOLLOWEDBY [(url:value NOT IN ('a', 'b') OR file:size > 1)]) " +
      'REPEATS 2 TIMES OR [EXISTS process:arguments[*]]'
    const subjects = subjectsOfPattern(pattern)
    expect(subjects.ok && subjects.comparisons).toEqual([
      {
        kind: 'comparison',
        type: 'file',
        path: ['hashes', 'SHA-256'],
        operator: '=',
        negated: false,
        values: [{ kind: 'string', value: 'ab' }],
      },
      {
        kind: 'comparison',
        type: 'url',
        path: ['value'],
        operator: 'IN',
        negated: true,
        values: [
          { kind: 'string', value: 'a' },
          { kind: 'string', value: 'b' },
        ],
      },
      {
        kind: 'comparison',
        type: 'file',
        path: ['size'],
        operator: '>',
        negated: false,
        values: [{ kind: 'integer', value: 1 }],
      },
      {
        kind: 'comparison',
        type: 'process',
        path: ['arguments', '*'],
        operator: 'EXISTS',
        negated: false,
        values: [],
      },
    ])
  })

  it('finds the type of every comparison, sorted and once', () => {
    fc.assert(
      fc.property(observations, (tree) => {
        const subjects = subjectsOfPattern(spell(tree).join(' '))
        if (!subjects.ok) throw new Error(subjects.problem)
        const types = new Set(subjects.comparisons.map(({ type }) => type))
        expect(new Set(subjects.types).isSupersetOf(types)).toBe(true)
        expect(subjects.types).toEqual([...new Set(subjects.types)].sort())
      }),
    )
  })

  it('refuses a pattern about too many types', () => {
    const about = (types: number) =>
      Array.from({ length: types }, (_, index) => `[x-${index}:a = 1]`).join(' OR ')
    expect(subjectsOfPattern(about(SUBJECT_TYPES_MAX))).toMatchObject({ ok: true })
    expect(subjectsOfPattern(about(SUBJECT_TYPES_MAX + 1))).toMatchObject({ ok: false })
  })
})
