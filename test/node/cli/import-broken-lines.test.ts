// NDJSON with lines that are not JSON: each costs itself, wherever the chunks of the file end.
import { Buffer } from 'node:buffer'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readObjects } from '../../../cli/operator/import/objects.ts'
import { fakeServer, run } from './support/run.ts'

const OBJECT_BYTES = 1_000

async function read(text: string, chunkBytes: number, resumeOffset?: number) {
  const bytes = Buffer.from(text)
  const chunks: Buffer[] = []
  for (let at = resumeOffset ?? 0; at < bytes.length; at += chunkBytes) {
    chunks.push(bytes.subarray(at, at + chunkBytes))
  }
  const resume = resumeOffset === undefined ? {} : { resume: { mode: 'top', offset: resumeOffset } }
  const objects = readObjects(Readable.from(chunks), {
    objectBytes: OBJECT_BYTES,
    ...(resume as { resume?: { mode: 'top'; offset: number } }),
  })
  const found = []
  let next = await objects.next()
  for (; !next.done; next = await objects.next()) found.push(...next.value)
  return { found, end: next.value }
}

function contentOf(found: Awaited<ReturnType<typeof read>>['found']): string[] {
  return found.map((each) =>
    each.kind === 'text' ? each.text : each.kind === 'broken' ? `broken ${each.head}` : 'oversized',
  )
}

const BROKEN = [
  'oops',
  '{"id":"a"',
  '{"id":"a","b":[1,2}',
  '{"id"}',
  '{"id":}',
  '}',
  '"text"',
  '42',
  '{"id":"a","name":"cut',
  '{"id":"a","name":"ends in \\\\"',
]

/** Of these none becomes JSON by what follows it. */
const BROKEN_FOR_GOOD = BROKEN.filter((line) => line !== '}')

test.each(BROKEN)('passes over the line %s', async (line) => {
  const text = `{"n":1}\n${line}\n{"n":2}\r\n{"n":3}\n`
  for (const chunkBytes of [1, 3, 7, 1_000]) {
    const { found, end } = await read(text, chunkBytes)
    expect(contentOf(found)).toEqual(['{"n":1}', `broken ${line}`, '{"n":2}', '{"n":3}'])
    expect(end.ok).toBe(true)
  }
})

test('passes over a last line that was cut off', async () => {
  const { found, end } = await read('{"n":1}\n{"n":2}\n{"id":"x","na', 5)
  expect(contentOf(found)).toEqual(['{"n":1}', '{"n":2}', 'broken {"id":"x","na'])
  expect(end.ok).toBe(true)
})

test('passes over a line that was cut within a text, at once', async () => {
  const lines = Array.from({ length: 20_000 }, (_, n) => `{"n":${n},"pattern":"[a = 'b'] } {"}`)
  lines[3] = lines[3]?.slice(0, -4) ?? ''
  lines[9_000] = '{"name":"cut'
  const { found, end } = await read(lines.join('\n'), 100_000)
  expect(end.ok).toBe(true)
  expect(found).toHaveLength(20_000)
  expect(found.flatMap(({ kind }, index) => (kind === 'text' ? [] : [index]))).toEqual([3, 9_000])
})

test('gives the same objects whichever chunks they come in and wherever it goes on', async () => {
  const lines = fc.array(
    fc.oneof(
      fc.constant('{"n":"é"}'),
      fc.constantFrom(...BROKEN_FOR_GOOD),
      fc.constant('{"d":"a } b { c"}'),
    ),
    {
      maxLength: 12,
    },
  )
  await fc.assert(
    fc.asyncProperty(lines, fc.integer({ min: 1, max: 40 }), fc.nat(), async (some, size, at) => {
      const text = ['{"first":1}', ...some].join('\n')
      const whole = await read(text, 1_000)
      expect(whole.found).toHaveLength(some.length + 1)
      expect((await read(text, size)).found).toEqual(whole.found)
      const index = at % whole.found.length
      const rest = await read(text, size, whole.found[index]?.offset)
      expect(rest.found).toEqual(whole.found.slice(index + 1))
    }),
  )
})

test.each([
  ['a bundle', '{"type":"bundle","objects":[{"n":1},\noops\n{"n":2}]}'],
  ['an array', '[{"n":1},\noops\n{"n":2}]'],
  ['objects over several lines', '{\n"n":1\n}\n{\n"n" 2\n}\n{\n"n":3\n}'],
  ['a file that begins with it', 'oops\n{"n":1}\n'],
])('ends at a problem in %s', async (_form, text) => {
  const { end } = await read(text, 4)
  expect(end.ok).toBe(false)
})

test('imports the sound lines, counts the broken ones, and fails', async () => {
  const server = await fakeServer()
  const stdin = Readable.from([Buffer.from('{"n":0}\n{"id":"indicator--1","n":1\n{"n":2}\n')])
  const args = ['import', '-', '--collection', 'feed', '--json']
  const { exitCode, out, err } = await run(args, { url: server.url, stdin })
  expect(exitCode).toBe(1)
  expect(err).toBe('1 object was refused\n')
  const { received, added, reasons, problem } = JSON.parse(out)
  expect([received, added, problem]).toEqual([3, 2, null])
  expect(reasons).toEqual([expect.objectContaining({ index: 1, id: 'indicator--1' })])
  expect(reasons[0].message).toMatch(/^the line is not JSON: /)
  expect(server.objects()).toEqual([{ n: 0 }, { n: 2 }])
})
