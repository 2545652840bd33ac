// The import: what forms it reads, what it sends, and what it says of refusals.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { errorBody, isImport, summary } from './support/fake-server.ts'
import { fakeServer, type Ran, run, temporaryFolder } from './support/run.ts'

/** Texts that a parser and printer would change. */
const TEXTS = [
  '{"type":"indicator","id":"indicator--1","x":1.0,"y":1e2,"z":12345678901234567890}',
  '{ "type" : "indicator",\t"id":"indicator--2", "name":"\\u00e9 é 😀 \\/ ]}," }',
  '{"id":"indicator--3","type":"indicator","nested":{"a":[{"b":"}"}]},"a":1,"a":2}',
]
const FORMS = {
  'a bundle': `{"type":"bundle","id":"bundle--1","objects":[${TEXTS.join(' ,\n')}]}`,
  'an envelope': `{"more":false,"objects":[${TEXTS.join(',')}]}`,
  'an array': `[${TEXTS.join(',')}]`,
  NDJSON: `${TEXTS.join('\n')}\n`,
  'envelopes in a row': TEXTS.map((text) => `{"objects":[${text}]}`).join('\n'),
}

function writeFile(folder: string, content: string | Buffer): string {
  const file = join(folder, 'objects')
  writeFileSync(file, content)
  return file
}

async function importInto(url: string, folder: string, args: string[]): Promise<Ran> {
  return await run(['import', '--collection', 'feed', ...args], {
    url,
    env: { XDG_STATE_HOME: folder },
  })
}

function numbered(count: number): string {
  const lines = Array.from({ length: count }, (_, n) => `{"id":"indicator--${n}","n":${n}}\n`)
  return lines.join('')
}

test.each(Object.entries(FORMS))('carries the texts of %s as they are', async (_form, content) => {
  const server = await fakeServer()
  const folder = temporaryFolder()
  const ran = await importInto(server.url, folder, [writeFile(folder, content), '--json'])
  expect(ran.exitCode).toBe(0)
  expect(JSON.parse(ran.out)).toMatchObject({ received: 3, added: 3, refused: 0, problem: null })
  expect(server.requests.at(-1)?.body).toBe(`{"objects":[${TEXTS.join(',')}]}`)
})

test('unpacks gzip, whatever the file is called', async () => {
  const server = await fakeServer()
  const folder = temporaryFolder()
  const file = writeFile(folder, gzipSync(FORMS['a bundle']))
  const { exitCode } = await importInto(server.url, folder, [file])
  expect(exitCode).toBe(0)
  expect(server.requests.at(-1)?.body).toBe(`{"objects":[${TEXTS.join(',')}]}`)
})

test.each([
  ['plain', Buffer.from(FORMS.NDJSON)],
  ['gzip', gzipSync(FORMS.NDJSON)],
])('reads standard input, %s and in single bytes', async (_form, content) => {
  const server = await fakeServer()
  const stdin = Readable.from(Array.from(content, (byte) => Buffer.from([byte])))
  const args = ['import', '-', '--collection', 'feed']
  const { exitCode } = await run(args, { url: server.url, stdin })
  expect(exitCode).toBe(0)
  expect(server.requests.at(-1)?.body).toBe(`{"objects":[${TEXTS.join(',')}]}`)
})

test('sends at most 5,000 objects a request, in order and each once', async () => {
  const server = await fakeServer()
  const folder = temporaryFolder()
  const { exitCode } = await importInto(server.url, folder, [writeFile(folder, numbered(12_001))])
  expect(exitCode).toBe(0)
  const sizes = server.requests.filter(isImport).map(({ body }) => JSON.parse(body).objects.length)
  expect(sizes).toEqual([5_000, 5_000, 2_001])
  expect(server.objects()).toEqual(
    Array.from({ length: 12_001 }, (_, n) => ({ id: `indicator--${n}`, n })),
  )
})

test('sends at most about 4 MB a request', async () => {
  const server = await fakeServer()
  const folder = temporaryFolder()
  const long = 'x'.repeat(900_000)
  const lines = Array.from({ length: 9 }, (_, n) => `{"n":${n},"long":"${long}"}\n`)
  const { exitCode } = await importInto(server.url, folder, [writeFile(folder, lines.join(''))])
  expect(exitCode).toBe(0)
  const bodies = server.requests.filter(isImport).map(({ body }) => body.length)
  expect(bodies).toHaveLength(3)
  expect(Math.max(...bodies)).toBeLessThan(4_000_100)
})

test('halves a body that the server finds too large', async () => {
  const server = await fakeServer((request) =>
    isImport(request) && request.body.length > 400
      ? { status: 413, body: errorBody('payload_too_large', 'The body may have at most 400 bytes') }
      : undefined,
  )
  const folder = temporaryFolder()
  const content = `${numbered(40)}{"id":"big","x":"${'x'.repeat(500)}"}\n${numbered(40)}`
  const ran = await importInto(server.url, folder, [writeFile(folder, content), '--json'])
  expect(ran.exitCode).toBe(1)
  const { received, added, refused, reasons } = JSON.parse(ran.out)
  expect([received, added, refused]).toEqual([81, 80, 1])
  expect(reasons).toEqual([expect.objectContaining({ index: 40 })])
  expect(reasons[0].message).toContain('at most 400 bytes')
  expect(server.objects()).toHaveLength(80)
})

test('tells the first refusals, and all of them in a file', async () => {
  const server = await fakeServer((request) => {
    if (!isImport(request)) return undefined
    const { objects } = JSON.parse(request.body)
    const refused = objects.flatMap(({ n }: { n: number }, index: number) =>
      n % 500 === 7 ? [{ index, message: `bad ${n}` }] : [],
    )
    return { body: summary(objects.length, refused) }
  })
  const folder = temporaryFolder()
  const file = writeFile(folder, numbered(7_000))
  const refusedFile = join(folder, 'refused')
  const ran = await importInto(server.url, folder, [file, '--refused', refusedFile])
  expect(ran.exitCode).toBe(1)
  expect(ran.out).toMatch(/^7,000 objects: 6,986 added, 0 already there, 14 refused\n/)
  expect(ran.out).toContain('refused #4507 indicator--4507: bad 4507\n')
  expect(ran.out).not.toContain('bad 5007')
  expect(ran.out).toContain('... and 4 more refused')
  expect(ran.err).toBe('14 objects were refused\n')
  const written = readFileSync(refusedFile, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(written.map(({ index }) => index)).toEqual(
    Array.from({ length: 14 }, (_, n) => n * 500 + 7),
  )
})

test('refuses an object that is not UTF-8 by itself', async () => {
  const server = await fakeServer()
  const folder = temporaryFolder()
  const broken = Buffer.from('{"id":"indicator--broken","name":"\u00ff"}\n', 'latin1')
  const content = Buffer.concat([Buffer.from(numbered(2)), broken, Buffer.from(numbered(3))])
  const ran = await importInto(server.url, folder, [writeFile(folder, content), '--json'])
  expect(ran.exitCode).toBe(1)
  const { received, added, reasons } = JSON.parse(ran.out)
  expect([received, added]).toEqual([6, 5])
  expect(reasons).toEqual([
    { index: 2, id: 'indicator--broken', version: null, message: 'the object is not UTF-8 text' },
  ])
})

test.each([
  ['text after an array', `[${TEXTS.join(',')}]\noops\n${TEXTS[0]}`, /: expected .+, at byte \d+/],
  ['a missing end', `{"objects":[${TEXTS.join(',')}`, /: .+, at byte \d+/],
  ['gzip cut short', gzipSync(numbered(3)).subarray(0, -10), /gzip data is damaged or cut short/],
])('loads what comes before %s, then fails', async (_case, content, message) => {
  const server = await fakeServer()
  const folder = temporaryFolder()
  const ran = await importInto(server.url, folder, [writeFile(folder, content), '--json'])
  expect(ran.exitCode).toBe(1)
  expect(ran.err).toMatch(message)
  expect(JSON.parse(ran.out)).toMatchObject({ received: 3, added: 3 })
  expect(server.objects()).toHaveLength(3)
})

test('is content with a file without objects', async () => {
  const server = await fakeServer()
  const folder = temporaryFolder()
  const { exitCode, out } = await importInto(server.url, folder, [writeFile(folder, '\n')])
  expect(exitCode).toBe(0)
  expect(out).toMatch(/^0 objects/)
  expect(server.requests.filter(isImport)).toHaveLength(0)
})

test.each([
  ['a file that is not there', 'missing', /missing: no such file or directory\n$/],
  ['a folder', '.', /: is a folder\n$/],
])('says that it cannot read %s', async (_case, name, message) => {
  const server = await fakeServer()
  const folder = temporaryFolder()
  const { exitCode, err } = await importInto(server.url, folder, [join(folder, name)])
  expect(exitCode).toBe(1)
  expect(err).toMatch(message)
})

test('does not import into a view', async () => {
  const server = await fakeServer(({ path }) =>
    path.endsWith('/feed/') ? { body: { id: '1', view_of: '2' } } : undefined,
  )
  const folder = temporaryFolder()
  const { exitCode, err } = await importInto(server.url, folder, [writeFile(folder, numbered(1))])
  expect(exitCode).toBe(1)
  expect(err).toMatch(/^feed is a view/)
})
