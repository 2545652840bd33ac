import { describe, expect, it } from 'vitest'
import { isTypeName, parseIdentifier } from '../../../src/stix/identifier.ts'
import invalid from '../../vectors/identifiers.invalid.txt?raw'
import valid from '../../vectors/identifiers.valid.txt?raw'
import { casesOf } from './read-vectors.ts'

const UUID = '8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f'

describe('parseIdentifier', () => {
  for (const line of casesOf(valid)) {
    const [text = '', type = ''] = line.split(' ')
    it(`takes ${text} apart`, () => {
      expect(parseIdentifier(text)).toEqual({ type, uuid: text.slice(type.length + 2) })
    })
  }

  for (const text of casesOf(invalid)) {
    it(`refuses ${text}`, () => {
      expect(parseIdentifier(text)).toBeUndefined()
    })
  }

  it('refuses an empty text and whitespace around an identifier', () => {
    for (const text of ['', ` note--${UUID}`, `note--${UUID}\n`, `no\nte--${UUID}`]) {
      expect(parseIdentifier(text)).toBeUndefined()
    }
  })

  it('bounds the length of the type', () => {
    expect(parseIdentifier(`${'a'.repeat(250)}--${UUID}`)?.type).toHaveLength(250)
    expect(parseIdentifier(`${'a'.repeat(251)}--${UUID}`)).toBeUndefined()
  })
})

describe('isTypeName', () => {
  it('knows a type by its letters, digits and single hyphens', () => {
    expect(['url', 'x509-certificate', 'x-a-b'].every(isTypeName)).toBe(true)
    expect(['ab', 'a--b', '-ab', 'ab-', 'a_b', 'Url', 'a b', ''].some(isTypeName)).toBe(false)
  })
})
