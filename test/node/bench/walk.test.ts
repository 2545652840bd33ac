import { describe, expect, it } from 'vitest'
import { indicatorIds, nextOf } from '../../../bench/load/walk.ts'

const ID = '0b8d1c9e-7a51-4f7e-9d53-1f4a6f2c9b10'
const OBJECT = `{"type":"indicator","id":"indicator--${ID}","pattern":"[url:value = 'x']"}`
const LONG = `${OBJECT},`.repeat(50)

describe('what a walk reads of a page', () => {
  it.each([
    ['at its beginning', `{"type":"bundle","more":true,"next":"abc","objects":[${LONG}${OBJECT}]}`],
    ['at its end', `{"objects": [${LONG}${OBJECT}], "more": true, "next": "abc"}`],
    ['at both ends', `{"more": true, "objects": [${LONG}${OBJECT}], "next": "abc"}`],
  ])('finds where the next page begins %s', (_where, page) => {
    expect(nextOf(Buffer.from(page))).toBe('abc')
  })

  it.each([
    ['says that there is no more', '{"more":false,"objects":[]}'],
    ['is empty', '{}'],
  ])('comes to an end when the page %s', (_what, page) => {
    expect(nextOf(Buffer.from(page))).toBeUndefined()
  })

  it('refuses a page that promises more and does not say where', () => {
    expect(() => nextOf(Buffer.from('{"more":true,"objects":[]}'))).toThrow('does not say where')
  })

  it('counts indicators, and neither the bundle nor what objects refer to', () => {
    const author = `"created_by_ref":"identity--${ID}"`
    const page = `{"id":"bundle--${ID}","objects":[{${author},"id":"indicator--${ID}"}, {"id": "indicator--${ID}"}]}`
    expect(indicatorIds(Buffer.from(page))).toEqual([ID, ID])
  })
})
