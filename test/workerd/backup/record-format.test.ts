// A record as a line: what is written is read, to the character.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  readEntryRecord,
  readObjectRecord,
  writeEntryRecord,
  writeObjectRecord,
} from '../../../src/ingest/records.ts'
import { formatMillis } from '../../../src/stix/timestamp.ts'

const dateMs = fc.integer({ min: 1, max: Date.UTC(2100, 0) })
const objectText = fc
  .tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 1, '\t'))
  .map(([value, space]) => JSON.stringify(value, undefined, space))

describe('the record of an object', () => {
  it('is one line that has the text as it was', () => {
    fc.assert(
      fc.property(dateMs, objectText, (ms, text) => {
        const line = writeObjectRecord(ms, text)
        expect(line).not.toMatch(/[\r\n]/)
        expect(readObjectRecord(line)).toEqual({
          ok: true,
          record: { dateAdded: formatMillis(ms), text },
        })
        const { date_added, object, text: kept } = JSON.parse(line)
        expect([date_added, object ?? JSON.parse(kept)]).toEqual([
          formatMillis(ms),
          JSON.parse(text),
        ])
      }),
    )
  })

  it('begins with its date', () => {
    expect(writeObjectRecord(1, '{}')).toBe(
      '{"date_added":"1970-01-01T00:00:00.001000Z","object":{}}',
    )
  })

  it('may have other members, in any order', () => {
    const line = ' {"media_type":"x", "object" : {"n":1.0} ,"date_added":"2026-01-01T00:00:00Z" } '
    const record = { dateAdded: '2026-01-01T00:00:00Z', text: '{"n":1.0}' }
    expect(readObjectRecord(line)).toEqual({ ok: true, record })
  })
})

describe('the record of a view', () => {
  it('names a version', () => {
    const version = fc.constantFrom(null, '2024-05-01T10:00:00Z', '2024-05-01T10:00:00.123456Z')
    fc.assert(
      fc.property(
        dateMs,
        fc.string(),
        fc.constantFrom('2.0', '2.1'),
        version,
        (ms, id, form, at) => {
          const entry = { id, specVersion: form, version: at }
          expect(readEntryRecord(writeEntryRecord(ms, entry))).toEqual({
            ok: true,
            record: { dateAdded: formatMillis(ms), ...entry },
          })
        },
      ),
    )
  })

  it.each([
    '{"date_added":"2026-01-01T00:00:00Z","id":"x","spec_version":"2.1"}',
    '{"date_added":"2026-01-01T00:00:00Z","id":"x","version":null}',
    '{"date_added":"2026-01-01T00:00:00Z","id":1,"spec_version":"2.1","version":null}',
    '{"date_added":"2026-01-01T00:00:00Z","id":"x","spec_version":"2.1","version":"soon"}',
    '{"date_added":"2026-01-01","id":"x","spec_version":"2.1","version":null}',
    'text',
  ])('is not %s', (line) => {
    expect(readEntryRecord(line).ok).toBe(false)
  })
})
