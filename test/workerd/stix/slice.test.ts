import { describe, expect, it } from 'vitest'
import { ObjectSlicer, type Slice, sliceObjects } from '../../../src/stix/slice.ts'
import { HEAD_CHARS } from '../../../src/stix/text-capture.ts'
import { NESTING_MAX } from '../../../src/stix/value-scanner.ts'
import vectors from '../../vectors/slicing.txt?raw'
import { casesOf } from './read-vectors.ts'

type Case = { input: string; kind?: string; problem?: [string, number]; texts: string[] }

describe('sliceObjects', () => {
  for (const line of casesOf(vectors)) {
    const { input, kind, problem, texts }: Case = JSON.parse(line)
    it(`${problem ? 'finds the fault in' : 'slices'} ${JSON.stringify(input)}`, () => {
      const sliced = sliceObjects(input)
      expect(sliced.slices.map(textOf)).toEqual(texts)
      if (sliced.ok) expect(sliced.kind).toBe(kind)
      else expect([sliced.problem.kind, sliced.problem.offset]).toEqual(problem)
    })
  }

  it('gives what stands around the objects', () => {
    const text =
      '\ufeff{"type":"bundle","id":"b","objects":[{"a":1},{"b":2}],"more":true,"next":"n"}'
    expect(sliceObjects(text)).toMatchObject({
      kind: 'bundle',
      frame: { type: 'bundle', id: 'b', more: true, next: 'n' },
    })
    expect(sliceObjects('{"objects":[],"x_y":[1]}')).toMatchObject({ frame: { x_y: [1] } })
    expect(sliceObjects('{"type":"url"}')).toMatchObject({ frame: {} })
  })

  it('says where each object ends, and what it stands in', () => {
    const text = '{"objects":[{"a":1}]}\n[{"b":1}]\n{"type":"c"}'
    const { slices } = sliceObjects(text)
    expect(slices.map(({ mode, offset }) => [mode, offset])).toEqual([
      ['objects', text.indexOf('}') + 1],
      ['array', text.indexOf('"b":1}') + 6],
      ['top', text.length],
    ])
  })
})

describe('bounds of the slicer', () => {
  it('reports an object that is too long and goes on behind it', () => {
    const long = `{"id":"long","x":"${'é'.repeat(2_000)}"}`
    const sliced = sliceObjects(`{"objects":[{"id":"a"},${long},{"id":"b"}]}`, {
      maxObjectChars: 1_500,
    })
    expect(sliced.slices).toMatchObject([
      { kind: 'text', text: '{"id":"a"}' },
      { kind: 'oversized', head: long.slice(0, HEAD_CHARS), chars: long.length },
      { kind: 'text', text: '{"id":"b"}' },
    ])
  })

  it('takes an object of exactly the greatest length', () => {
    const object = '{"type":"a"}'
    for (const [maxObjectChars, kind] of [
      [object.length, 'text'],
      [object.length - 1, 'oversized'],
    ] as const) {
      expect(sliceObjects(object, { maxObjectChars }).slices).toMatchObject([{ kind }])
      expect(sliceObjects(`[${object}]`, { maxObjectChars }).slices).toMatchObject([{ kind }])
    }
  })

  it('does not hold what it skips', () => {
    const slicer = new ObjectSlicer({ maxObjectChars: 10_000 })
    const chunk = 'x'.repeat(64_000)
    expect(slicer.push('{"objects":[{"id":"long","x":"')).toEqual([])
    for (let count = 0; count < 2_000; count += 1) expect(slicer.push(chunk)).toEqual([])
    expect(slicer.push('"},{"id":"b"}]}')).toMatchObject([
      { kind: 'oversized', chars: 128_000_020, head: expect.stringMatching(/^.{1000}$/) },
      { kind: 'text', text: '{"id":"b"}' },
    ])
    expect(slicer.end()).toEqual({ ok: true, kind: 'envelope' })
  })

  it('takes objects nested as deep as it says, and no deeper', () => {
    const nested = (depth: number) => `[${'['.repeat(depth)}${']'.repeat(depth)}]`
    expect(sliceObjects(nested(NESTING_MAX))).toMatchObject({ ok: true })
    expect(sliceObjects(nested(NESTING_MAX + 1))).toMatchObject({
      ok: false,
      problem: { kind: 'syntax', offset: NESTING_MAX + 1 },
    })
  })

  it('takes as many objects as it may, and no more', () => {
    for (const text of ['[{},{},{}]', '{"objects":[{},{},{}]}', '{"a":1}{"a":2}{"a":3}']) {
      expect(sliceObjects(text, { maxObjects: 3 })).toMatchObject({ ok: true })
      const sliced = sliceObjects(text, { maxObjects: 2 })
      expect(sliced).toMatchObject({ ok: false, problem: { kind: 'shape' } })
      expect(sliced.slices).toHaveLength(2)
    }
  })

  it('finds the objects behind a long property of an envelope', () => {
    const text = `{"x_note":"${'x'.repeat(5_000)}","objects":[{"id":"a"}]}`
    expect(sliceObjects(text, { maxObjectChars: 100 }).slices.map(textOf)).toEqual(['{"id":"a"}'])
  })
})

describe('ObjectSlicer', () => {
  it('finds nothing more after a problem', () => {
    const slicer = new ObjectSlicer()
    expect(slicer.problem).toBeUndefined()
    expect(slicer.push('[{"a":1} {"b":1}]').map(textOf)).toEqual(['{"a":1}'])
    expect(slicer.problem).toMatchObject({ offset: 9 })
    expect(slicer.push('[{"c":1}]')).toEqual([])
    expect(slicer.end()).toEqual({ ok: false, problem: slicer.problem })
  })

  it('counts offsets over all chunks, also in a problem', () => {
    const slicer = new ObjectSlicer()
    for (const chunk of ['', '[', '', ' {"a"', ':1}', ' ', ' x']) slicer.push(chunk)
    expect(slicer.end()).toMatchObject({ problem: { offset: 11 } })
  })

  it('gives byte offsets for bytes decoded as latin1', () => {
    const text = '{"type":"a","x":"é🜁"}\n{"type":"b"}\n'
    const bytes = new TextEncoder().encode(text)
    const slicer = new ObjectSlicer()
    const slices = slicer.push(String.fromCharCode(...bytes))
    const texts = slices.map((slice) => {
      const start = slice.offset - (textOf(slice)?.length ?? 0)
      return new TextDecoder().decode(bytes.subarray(start, slice.offset))
    })
    expect(texts).toEqual(text.trim().split('\n'))
  })
})

function textOf(slice: Slice): string | undefined {
  return slice.kind === 'text' ? slice.text : undefined
}
