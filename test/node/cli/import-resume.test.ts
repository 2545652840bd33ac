// What happens to an import when the server or the import itself goes away.
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type Answerer, errorBody, isImport, summary } from './support/fake-server.ts'
import { fakeServer, type Ran, run, temporaryFolder } from './support/run.ts'

const COUNT = 23_000
const PER_REQUEST = 5_000

function lines(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `{"id":"indicator--${n}","n":${n},"é":"\\""}`)
}

const FORMS = {
  NDJSON: lines(COUNT).join('\n'),
  'a bundle': `{"type":"bundle","objects":[${lines(COUNT).join(',')}],"id":"bundle--1"}`,
  'an array': `[${lines(COUNT).join(',')}]`,
  gzip: gzipSync(lines(COUNT).join('\n')),
}

/** Accepts so many import requests, then refuses all with a status that is not tried again. */
function failingAfter(accepted: number): { answer: Answerer; mend: () => void } {
  let left = accepted
  return {
    answer: (request) => {
      if (!isImport(request)) return undefined
      left -= 1
      if (left >= 0) return undefined
      return { status: 500, body: errorBody('internal_error', 'The server failed to answer.') }
    },
    mend: () => {
      left = Number.MAX_SAFE_INTEGER
    },
  }
}

async function importFile(url: string, folder: string, args: string[] = []): Promise<Ran> {
  const command = ['import', join(folder, 'objects'), '--collection', 'feed', '--json', ...args]
  return await run(command, { url, env: { XDG_STATE_HOME: join(folder, 'state') } })
}

function checkpoints(folder: string): string[] {
  return readdirSync(join(folder, 'state', 'taxii-edge', 'imports'))
}

test.each(Object.entries(FORMS))(
  'goes on in %s where an earlier run stopped',
  async (_form, text) => {
    const { answer, mend } = failingAfter(2)
    const server = await fakeServer(answer)
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'objects'), text)
    const first = await importFile(server.url, folder)
    expect(first.exitCode).toBe(1)
    expect(first.err).toContain('Run the same command again to go on from here')
    expect(JSON.parse(first.out)).toMatchObject({ received: 2 * PER_REQUEST })
    mend()
    const second = await importFile(server.url, folder)
    expect(second.exitCode).toBe(0)
    expect(second.err).toContain('Going on after 10000 objects')
    expect(JSON.parse(second.out)).toMatchObject({
      received: COUNT,
      added: COUNT,
      resumed_after: 2 * PER_REQUEST,
    })
    expect(server.objects().map((object) => (object as { n: number }).n)).toEqual(
      Array.from({ length: COUNT }, (_, n) => n),
    )
    expect(checkpoints(folder)).toEqual([])
  },
)

test('begins anew when the file has changed since', async () => {
  const { answer, mend } = failingAfter(2)
  const server = await fakeServer(answer)
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'objects'), FORMS.NDJSON)
  await importFile(server.url, folder)
  appendFileSync(join(folder, 'objects'), '\n{"n":"more"}')
  mend()
  const { out } = await importFile(server.url, folder)
  expect(JSON.parse(out)).toMatchObject({ received: COUNT + 1, resumed_after: 0 })
})

test('begins anew with --restart', async () => {
  const { answer, mend } = failingAfter(2)
  const server = await fakeServer(answer)
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'objects'), FORMS.NDJSON)
  await importFile(server.url, folder)
  mend()
  const { out } = await importFile(server.url, folder, ['--restart'])
  expect(JSON.parse(out)).toMatchObject({ received: COUNT, resumed_after: 0 })
})

test('keeps the refusals of the earlier run, each once', async () => {
  const { answer, mend } = failingAfter(3)
  const server = await fakeServer((request, count) => {
    const failure = answer(request, count)
    if (failure !== undefined || !isImport(request)) return failure
    return {
      body: summary(JSON.parse(request.body).objects.length, [{ index: 4, message: 'bad' }]),
    }
  })
  const folder = temporaryFolder()
  const refusedFile = join(folder, 'refused')
  writeFileSync(join(folder, 'objects'), FORMS.NDJSON)
  await importFile(server.url, folder, ['--refused', refusedFile])
  // Written, but not acknowledged by a checkpoint.
  appendFileSync(refusedFile, '{"index":15004}\n')
  mend()
  const { out } = await importFile(server.url, folder, ['--refused', refusedFile])
  const indexes = [4, 5_004, 10_004, 15_004, 20_004]
  expect(JSON.parse(out).reasons.map(({ index }: { index: number }) => index)).toEqual(indexes)
  const written = readFileSync(refusedFile, 'utf8').trim().split('\n')
  expect(written.map((line) => JSON.parse(line).index)).toEqual(indexes)
})

test.each([
  ['503', { status: 503, body: errorBody('unavailable', 'The server cannot answer.') }],
  ['429', { status: 429, headers: { 'Retry-After': '1' }, body: errorBody('x', 'Too much.') }],
  ['a broken connection', { isCut: true }],
])('tries again after %s', async (_case, failure) => {
  let failures = 1
  const server = await fakeServer((request) => {
    if (!isImport(request) || failures === 0) return undefined
    failures -= 1
    return failure
  })
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'objects'), lines(10).join('\n'))
  const { exitCode, out, err } = await importFile(server.url, folder)
  expect(exitCode).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ received: 10, added: 10 })
  expect(err).toMatch(/trying again in (0\.5|1) s\n/)
  expect(server.requests.filter(isImport)).toHaveLength(2)
})

test('does not count objects that the server did not account for', async () => {
  const server = await fakeServer((request) =>
    isImport(request) ? { body: summary(3) } : undefined,
  )
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'objects'), lines(10).join('\n'))
  const { exitCode, out } = await importFile(server.url, folder)
  expect(exitCode).toBe(1)
  expect(JSON.parse(out)).toMatchObject({ received: 0, added: 0 })
})
