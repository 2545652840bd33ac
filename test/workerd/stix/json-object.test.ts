import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEPTH_MAX, readJsonObject } from '../../../src/stix/json-object.ts'

/** A JSON value as its text, and whether some object in it has one key twice. */
type Spelt = { text: string; hasTwice: boolean }

const key = fc.constantFrom('a', 'b', 'c:', '{"', '\\', '__proto__', 'é', '0')

const { object } = fc.letrec<{ value: Spelt; object: Spelt }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(fc.integer(), fc.boolean(), key).map((scalar) => spelt(JSON.stringify(scalar))),
    tie('object'),
    fc.array(tie('value'), { maxLength: 3 }).map((members) => ({
      text: `[${members.map(({ text }) => text).join()}]`,
      hasTwice: members.some(({ hasTwice }) => hasTwice),
    })),
  ),
  object: fc.array(fc.tuple(key, fc.boolean(), tie('value')), { maxLength: 4 }).map((entries) => ({
    text: `{${entries.map(([name, isEscaped, { text }]) => `${spellKey(name, isEscaped)} :${text}`)}}`,
    hasTwice:
      new Set(entries.map(([name]) => name)).size < entries.length ||
      entries.some(([, , { hasTwice }]) => hasTwice),
  })),
}))

describe('readJsonObject', () => {
  it('refuses a key that an object has twice, at any depth and however it is escaped', () => {
    fc.assert(
      fc.property(object, ({ text, hasTwice }) => {
        const read = readJsonObject(text)
        if (hasTwice)
          expect(read).toMatchObject({ ok: false, message: expect.stringMatching('twice') })
        else expect(read).toEqual({ ok: true, value: JSON.parse(text) })
      }),
      { numRuns: 500 },
    )
  })

  it('names the key', () => {
    expect(readJsonObject('{"a":{"b":[{"c":1,"d":2,"\\u0063":3}]},"b":"c"}')).toEqual({
      ok: false,
      message: 'has the key "c" twice in one object',
      isJson: true,
    })
  })

  it('reads any object that JSON can spell', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (value) => {
        const text = JSON.stringify(value, undefined, 1)
        expect(readJsonObject(text)).toEqual({ ok: true, value: JSON.parse(text) })
      }),
    )
  })

  it('refuses what is not JSON, or no object', () => {
    for (const text of [
      '',
      ' ',
      '{',
      '{"a"}',
      '{"a":1,}',
      '{} {}',
      '{"a":"\n"}',
      "{'a':1}",
      '{a:1}',
    ]) {
      expect(readJsonObject(text)).toEqual({ ok: false, message: 'is not JSON', isJson: false })
    }
    for (const text of ['null', '1', '"{}"', '[{}]', 'true']) {
      expect(readJsonObject(text)).toEqual({
        ok: false,
        message: 'is not a JSON object',
        isJson: true,
      })
    }
  })

  it('refuses halves of surrogate pairs, escaped or not, in keys and in values', () => {
    for (const half of ['\\ud800', '\\uDFFF', '\ud800', '\udfff', '\\ude00\\ud83d']) {
      for (const text of [`{"a":"${half}"}`, `{"a":[{"${half}":1}]}`]) {
        expect(readJsonObject(text)).toMatchObject({ ok: false })
      }
    }
    for (const whole of ['\\ud83d\\ude00', '😀', '\\\\ud800', '\\uD7FF']) {
      expect(readJsonObject(`{"a":["${whole}"]}`)).toMatchObject({ ok: true })
    }
  })

  it('takes objects nested as deep as it says, and no deeper', () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
    expect(readJsonObject(nested(DEPTH_MAX))).toMatchObject({ ok: true })
    expect(readJsonObject(nested(DEPTH_MAX + 1))).toMatchObject({ ok: false })
    expect(readJsonObject(nested(500_000))).toMatchObject({ ok: false, isJson: true })
    expect(readJsonObject(nested(500_000).slice(1))).toMatchObject({ ok: false, isJson: false })
    expect(readJsonObject(`{"a":"${'['.repeat(1_000)}"}`)).toMatchObject({ ok: true })
  })
})

function spelt(text: string): Spelt {
  return { text, hasTwice: false }
}

function spellKey(name: string, isEscaped: boolean): string {
  if (!isEscaped) return JSON.stringify(name)
  const escapes = [...name].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return `"${escapes.join('')}"`
}
