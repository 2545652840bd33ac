import { describe, expect, it } from 'vitest'
import { oversizedProblem, readObject } from '../../../src/stix/object.ts'
import { instantOf } from '../../../src/stix/timestamp.ts'
import invalid from '../../vectors/objects.invalid.txt?raw'
import valid from '../../vectors/objects.valid.txt?raw'
import { casesOf, wordsAndRest } from './read-vectors.ts'

const ID = 'indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f'
const TIME = '2016-05-12T08:17:27.000Z'

describe('readObject', () => {
  for (const line of casesOf(valid)) {
    const [specVersion, version = '', subtypes = '', text = ''] = wordsAndRest(line, 3)
    const { id, type } = JSON.parse(text)
    it(`reads ${text}`, () => {
      expect(readObject(text)).toEqual({
        ok: true,
        object: {
          id,
          type,
          specVersion,
          version: version === '-' ? undefined : version,
          versionKey: version === '-' ? '' : instantOf(version),
          subtypes: subtypes === '-' ? [] : subtypes.split(','),
          comparisons: subtypes === '-' ? [] : [expect.objectContaining({ type: subtypes })],
          content: text,
          value: JSON.parse(text),
        },
      })
    })
  }

  for (const line of casesOf(invalid)) {
    const [property, text = ''] = wordsAndRest(line, 1)
    it(`refuses for its ${property === '-' ? 'text' : property}: ${text}`, () => {
      const read = readObject(text)
      expect(read.ok || (read.problem.property ?? '-')).toBe(property)
      expect(read.ok || read.problem.message).toMatch(property === '-' ? /./ : `\`${property}\``)
    })
  }

  it('keeps the text but for whitespace around it', () => {
    const text = `{ "type" : "url", "value":"a\\u0062\\/", "x": 1.0, "big": 12345678901234567890,
      "id":"url--c1477287-23ac-4971-a010-5c287877fa60" }`
    expect(readObject(`\r\n\t ${text}\n`)).toMatchObject({ ok: true, object: { content: text } })
  })

  it('keeps the text of the version, and a key by which it sorts', () => {
    const object = { type: 'malware', spec_version: '2.1', id: ID.replace('indicator', 'malware') }
    const text = JSON.stringify({ ...object, created: TIME, modified: '2017-01-01T00:00:00.1200Z' })
    expect(readObject(text)).toMatchObject({
      object: { version: '2017-01-01T00:00:00.1200Z', versionKey: '2017-01-01T00:00:00.12' },
    })
  })
})

describe('problem of an object', () => {
  it('names the object and its version as far as they can be read', () => {
    const named = { id: ID, version: TIME }
    for (const text of [
      `{"type":"indicator","id":"${ID}","created":"2017-01-01T00:00:00Z","modified":"${TIME}"}`,
      `{"type":"indicator","id":"${ID}","created":"${TIME}"`,
      `{"id" : "${ID}" , "id":"${ID}","modified" : "${TIME}"}`,
    ]) {
      expect(readObject(text)).toMatchObject({ ok: false, problem: named })
    }
  })

  it('says unknown when there is no id, and gives no version that is none', () => {
    for (const text of [
      '',
      '[]',
      '{}',
      '{"id":""}',
      '{"id":5,"modified":5}',
      '{"id":"a',
      '{"id":',
    ]) {
      const { problem } = readObject(text) as { problem: object }
      expect(problem).toMatchObject({ id: 'unknown', version: undefined })
    }
  })

  it('gives back an id that is none, but not at any length', () => {
    expect(readObject('{"type":"url","id":"url-1"}')).toMatchObject({ problem: { id: 'url-1' } })
    const long = JSON.stringify({ type: 'url', id: '😀'.repeat(10_000) })
    const { problem } = readObject(long) as { problem: { id: string } }
    expect(problem.id.length).toBeLessThanOrEqual(300)
    expect(problem.id.isWellFormed()).toBe(true)
  })

  it('is made for an oversized object from its head', () => {
    const head = `{"type":"indicator","id":"${ID}","modified":"${TIME}","pattern":"[`
    expect(oversizedProblem(head, 5_000_000, 1_000_000)).toEqual({
      id: ID,
      version: TIME,
      message: 'has 5000000 characters, more than 1000000',
    })
  })
})
