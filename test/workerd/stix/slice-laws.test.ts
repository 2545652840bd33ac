// Laws of slicing: they hold for any JSON, cut into any chunks.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ObjectSlicer, type Slice, type SliceOptions } from '../../../src/stix/slice.ts'

/** Strings full of what could mislead a scanner, halves of surrogate pairs included. */
const text = fc.string({
  unit: fc.constantFrom(
    '"',
    '\\',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '\n',
    'é',
    '\ud83d',
    '\ude00',
    'u',
  ),
  maxLength: 8,
})

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(true, false, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(text, fc.constantFrom('objects', 'type')), tie('value'), { maxKeys: 3 }),
  ),
}))

const member = fc
  .tuple(value, fc.nat(2))
  .map(([parsed, indent]) => JSON.stringify(parsed, undefined, indent))

const object = fc
  .tuple(fc.dictionary(text, value, { maxKeys: 4 }), fc.nat(2))
  .map(([parsed, indent]) => JSON.stringify({ type: 'x-any', ...parsed }, undefined, indent))

const space = fc.constantFrom('', ' ', '\n', '\r\n\t ')

/** A document and the texts of the objects in it. */
type Document = { document: string; texts: string[] }

const list: fc.Arbitrary<Document> = fc
  .tuple(fc.array(member, { maxLength: 5 }), space, space, value)
  .chain(([texts, before, after, extra]) => {
    const members = texts.map((each) => before + each + after).join(',')
    const extraText = JSON.stringify(extra)
    return fc
      .constantFrom(
        `[${members}${texts.length === 0 ? before : ''}]`,
        `{"objects"${before}:${after}[${members}]}`,
        `{"more":true,"x_extra":${extraText},"objects":[${members}],"next":"n"${after}}`,
        `{"type":"bundle",${before}"id":"b","objects":[${members}],"x_extra":${extraText}}`,
        `${before}{"objects":[${members}],"type"${before}:"bundle"}${after}`,
      )
      .map((document) => ({ document, texts }))
  })

const bare: fc.Arbitrary<Document> = object.map((document) => ({ document, texts: [document] }))

const sequence: fc.Arbitrary<Document> = fc
  .tuple(fc.array(fc.oneof(list, bare), { maxLength: 4 }), space)
  .map(([parts, between]) => ({
    document: parts.map((part) => part.document).join(between),
    texts: parts.flatMap((part) => part.texts),
  }))

/** Lengths of chunks, used in turn. */
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 })

describe('slicing', () => {
  it('finds the same objects in chunks of any size', () => {
    fc.assert(
      fc.property(sequence, cuts, ({ document, texts }, sizes) => {
        const { slices, end } = slice(chunksOf(document, sizes))
        expect(end).toMatchObject({ ok: true })
        expect(slices.map(textOf)).toEqual(texts)
      }),
      { numRuns: 500 },
    )
  })

  it('gives for each object the offset at which its text ends', () => {
    fc.assert(
      fc.property(sequence, cuts, ({ document }, sizes) => {
        for (const each of slice(chunksOf(document, sizes)).slices) {
          const found = textOf(each)
          expect(document.slice(each.offset - found.length, each.offset)).toBe(found)
        }
      }),
    )
  })

  it('goes on from behind any object as if it had never stopped', () => {
    fc.assert(
      fc.property(sequence, cuts, ({ document }, sizes) => {
        const { slices } = slice([document])
        for (const [index, { mode, offset }] of slices.entries()) {
          const resume = JSON.parse(JSON.stringify({ mode, offset }))
          const rest = slice(chunksOf(document.slice(offset), sizes), { resume })
          expect(rest.slices).toEqual(slices.slice(index + 1))
          expect(rest.end).toMatchObject({ ok: true })
        }
      }),
    )
  })

  it('skips what is too long and nothing else, in chunks of any size', () => {
    fc.assert(
      fc.property(sequence, cuts, fc.nat(40), ({ document, texts }, sizes, maxObjectChars) => {
        const { slices, end } = slice(chunksOf(document, sizes), { maxObjectChars })
        expect(end).toMatchObject({ ok: true })
        expect(slices).toMatchObject(
          texts.map((each) =>
            each.length > maxObjectChars
              ? { kind: 'oversized', chars: each.length, head: each.slice(0, 1_000) }
              : { kind: 'text', text: each },
          ),
        )
      }),
    )
  })

  it('keeps what it found before the text broke off, and says so', () => {
    fc.assert(
      fc.property(list, fc.nat(), cuts, ({ document, texts }, at, sizes) => {
        const cut = document.slice(0, at % document.length)
        const { slices, end } = slice(chunksOf(cut, sizes))
        expect(texts.slice(0, slices.length)).toEqual(slices.map(textOf))
        expect(end.ok).toBe(['', document.trim()].includes(cut.trim()))
      }),
    )
  })

  it('finds the same problem in chunks of any size', () => {
    const soup = fc.string({
      unit: fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"',
        '\\',
        ',',
        ':',
        '1',
        ' ',
        '"objects"',
        '"type"',
      ),
      maxLength: 30,
    })
    fc.assert(
      fc.property(soup, cuts, (document, sizes) => {
        expect(slice(chunksOf(document, sizes))).toEqual(slice([document]))
      }),
      { numRuns: 1_000 },
    )
  })
})

function slice(chunks: string[], options: SliceOptions = {}) {
  const slicer = new ObjectSlicer(options)
  const slices = chunks.flatMap((chunk) => slicer.push(chunk))
  return { slices, end: slicer.end() }
}

function chunksOf(document: string, sizes: number[]): string[] {
  const chunks: string[] = []
  for (let at = 0; at < document.length; ) {
    const size = sizes[chunks.length % sizes.length] ?? 1
    chunks.push(document.slice(at, at + size))
    at += size
  }
  return chunks
}

function textOf(slice: Slice): string {
  return slice.kind === 'text' ? slice.text : slice.head
}
