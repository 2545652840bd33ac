import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { memberTexts, parsedString } from '../../../src/stix/json-members.ts'

const space = fc.constantFrom('', ' ', '\n', '\t', '\r\n  ')

/** The text of an object, with a text for each value and any spaces between. */
const objectText = fc
  .tuple(fc.dictionary(fc.string(), fc.json(), { maxKeys: 6 }), fc.infiniteStream(space))
  .map(([members, spaces]) => {
    const s = () => spaces.next().value ?? ''
    const parts = Object.entries(members).map(
      ([name, value]) => `${s()}${JSON.stringify(name)}${s()}:${s()}${value}${s()}`,
    )
    return { members, text: `${s()}{${parts.join(',')}${s()}}${s()}` }
  })

describe('the members of an object', () => {
  it('are the texts they were written in', () => {
    fc.assert(
      fc.property(objectText, ({ members, text }) => {
        expect(Object.fromEntries(memberTexts(text) ?? [])).toEqual(members)
      }),
    )
  })

  it('are none of a text that is cut off or goes on', () => {
    fc.assert(
      fc.property(objectText, fc.nat(), ({ text }, at) => {
        const whole = text.trim()
        expect(memberTexts(whole.slice(0, at % whole.length))).toBeUndefined()
        expect(memberTexts(`${whole}x`)).toBeUndefined()
      }),
    )
  })

  it.each([
    '',
    '[]',
    '"a"',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '{"a":1 "b":2}',
    '{a:1}',
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '{"a":[}',
    '{"a":[1,2}}',
    '{"a":"x}',
    '{"\\u00g0":1}',
  ])('are none of %s', (text) => {
    expect(memberTexts(text)).toBeUndefined()
  })

  it('are told apart, not judged', () => {
    expect([...(memberTexts('{"a":tru,"b":{"x" 1},"c":-1.0e5}') ?? [])]).toEqual([
      ['a', 'tru'],
      ['b', '{"x" 1}'],
      ['c', '-1.0e5'],
    ])
  })
})

describe('the string that a text is', () => {
  it.each([
    ['"a"', 'a'],
    ['"\\u00e9\\n"', 'é\n'],
    ['1', undefined],
    ['null', undefined],
    ['"a', undefined],
    ['', undefined],
  ])('%s', (text, string) => {
    expect(parsedString(text)).toBe(string)
  })
})
