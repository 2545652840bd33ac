// The backup file by itself: what is written is read, and anything else is noticed.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { BackupWriter } from '../../../../cli/operator/backup/backup-writer.ts'
import { examineBackup } from '../../../../cli/operator/backup/examine.ts'
import { FORMAT, FORMAT_VERSION, type Header } from '../../../../cli/operator/backup/format.ts'
import type { CollectionState } from '../../../../cli/operator/resources.ts'
import { run, temporaryFolder } from '../support/run.ts'

const HEADER: Header = {
  format: FORMAT,
  version: FORMAT_VERSION,
  created: '2026-01-31T02:00:00.123Z',
  server: 'https://taxii.example',
  key_secret_fingerprint: '0011223344556677',
}

const NEXT_NIGHT = '2026-02-01T02:00:00.123Z'

const COLLECTION: CollectionState = {
  id: '0a4f1f6e-6c6b-4c7e-9d1c-3f6a2b1c0d9e',
  alias: 'feed',
  title: 'Feed',
  description: null,
  can_read: true,
  can_write: true,
  media_types: ['application/stix+json;version=2.1'],
  view_of: null,
  selects: null,
  retention_days: null,
  database: 'DB',
  last_added: recordDate(299),
  revision: 5,
  created: '2026-01-01T00:00:00.000000Z',
}

function recordDate(n: number): string {
  return `2026-01-30T00:00:00.${String(n).padStart(3, '0')}000Z`
}

function recordLine(n: number): string {
  return `{"date_added":"${recordDate(n)}","object":{"id":"x--${n}","é":"${'ü'.repeat(n % 50)}"}}\n`
}

async function writeBackup(out: string): Promise<string> {
  const writer = await BackupWriter.create(out, HEADER)
  await writer.beginCollection(COLLECTION)
  for (let n = 0; n < 300; n += 100) {
    const lines = Array.from({ length: 100 }, (_, at) => recordLine(n + at)).join('')
    await writer.addRecords(Buffer.from(lines), 100)
  }
  await writer.end('collection', 5)
  await writer.beginKeys()
  await writer.addKeys([
    { record: { id: 'key_1', tier: 'pro' }, object_name: 'ab' },
    { record: { id: 'key_2', tier: 'gone' }, object_name: null },
  ])
  await writer.end('keys')
  await writer.finish()
  return writer.path
}

let bytes: Buffer
let text: string

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'taxii-edge-'))
  bytes = readFileSync(await writeBackup(folder))
  rmSync(folder, { recursive: true })
  text = gunzipSync(bytes).toString('utf8')
})

async function examined(content: Buffer): Promise<unknown> {
  const path = join(temporaryFolder(), 'backup')
  writeFileSync(path, content)
  return await examineBackup(path)
}

const examinedText = (content: string) => examined(gzipSync(content))

describe('a backup that was written', () => {
  it('is read as it is', async () => {
    expect(await examined(bytes)).toEqual({
      header: HEADER,
      collections: [
        {
          state: COLLECTION,
          end: expect.objectContaining({ records: 300, revision: 5 }),
          lastLine: Buffer.from(recordLine(299).trim()),
        },
      ],
      keys: { records: 2, withoutObjectName: ['key_2'], tiers: ['pro', 'gone'] },
      records: 300,
    })
  })

  it('is readable by its owner only, and has no other name while it is written', async () => {
    const folder = temporaryFolder()
    const writer = await BackupWriter.create(folder, HEADER)
    expect(readdirSync(folder)).toEqual(['taxii-edge-2026-01-31T02-00-00Z.ndjson.gz.part'])
    await writer.finish()
    expect(readdirSync(folder)).toEqual(['taxii-edge-2026-01-31T02-00-00Z.ndjson.gz'])
    expect(statSync(writer.path).mode & 0o777).toBe(0o600)
  })

  it('leaves nothing behind when it is given up', async () => {
    const folder = temporaryFolder()
    const writer = await BackupWriter.create(folder, HEADER)
    await writer.beginCollection(COLLECTION)
    await writer.discard()
    expect(readdirSync(folder)).toEqual([])
  })

  it('never takes the place of another file', async () => {
    const path = join(temporaryFolder(), 'backup')
    writeFileSync(path, 'mine')
    await expect(writeBackup(path)).rejects.toThrow(`${path}: already exists`)
    const other = join(temporaryFolder(), 'other.gz')
    const writer = await BackupWriter.create(other, HEADER)
    writeFileSync(other, 'mine')
    await expect(writer.finish()).rejects.toThrow('already exists')
    expect([readFileSync(path, 'utf8'), readFileSync(other, 'utf8')]).toEqual(['mine', 'mine'])
  })

  it.each(['taxii', 'taxii/', 'taxii.d'])(
    'makes the folder %s, for its owner only',
    async (out) => {
      const folder = join(temporaryFolder(), out)
      const path = await writeBackup(folder)
      expect(path).toBe(join(folder, 'taxii-edge-2026-01-31T02-00-00Z.ndjson.gz'))
      expect(statSync(folder).mode & 0o777).toBe(0o700)
      // The night after.
      const next = await BackupWriter.create(folder, { ...HEADER, created: NEXT_NIGHT })
      await next.finish()
      expect(readdirSync(folder).sort()).toEqual([basename(path), basename(next.path)])
    },
  )

  it('is a file where the path says so, though a folder may be called anything', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'mine.gz')
    expect(await writeBackup(path)).toBe(path)
    mkdirSync(join(folder, 'nightly.gz'))
    expect(await writeBackup(join(folder, 'nightly.gz'))).toMatch(/nightly\.gz\/taxii-edge-.*\.gz$/)
  })

  it('says why it cannot be written', async () => {
    const folder = temporaryFolder()
    for (const nowhere of ['no/such/folder', 'no/such/file.gz']) {
      await expect(writeBackup(join(folder, nowhere))).rejects.toThrow(': no such file')
    }
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('a file that is not as it was written', () => {
  it('is noticed wherever it is cut off', async () => {
    const cuts = fc.integer({ min: 0, max: bytes.length - 1 })
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        await expect(examined(bytes.subarray(0, at))).rejects.toThrow(/cut short|no backup/)
      }),
      { numRuns: 60 },
    )
  })

  it('is noticed wherever its content is cut off, though the compression is whole', async () => {
    const cuts = fc.integer({ min: 0, max: text.length - 2 })
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        await expect(examinedText(text.slice(0, at))).rejects.toThrow(/cut short|no backup/)
      }),
      { numRuns: 60 },
    )
  })

  it.each([
    ['anywhere', () => 0],
    // Where lines are looked into before the digest of their section can be compared.
    ['in the header', () => 0, () => text.indexOf('\n')],
    ['where a section begins', () => text.indexOf('{"begin"'), () => text.indexOf('{"date_added"')],
    ['among the keys', () => text.indexOf('{"begin":"keys"')],
  ] as [where: string, from: () => number, to?: () => number][])(
    'is noticed when a character %s is another',
    async (_, from, to = () => text.length - 2) => {
      const places = fc.integer({ min: from(), max: to() })
      const others = fc.constantFrom('x', '"', ' ', ',', '0')
      await fc.assert(
        fc.asyncProperty(places, others, async (at, other) => {
          fc.pre(text[at] !== other)
          const changed = text.slice(0, at) + other + text.slice(at + 1)
          await expect(examinedText(changed)).rejects.toThrow(/damaged|no backup|version|cut short/)
        }),
        { numRuns: 100 },
      )
    },
  )

  it.each<[what: string, change: (lines: string[]) => string[]]>([
    ['a record is missing', (lines) => lines.toSpliced(7, 1)],
    ['a record is there twice', (lines) => lines.toSpliced(7, 0, lines[7] ?? '')],
    [
      'two records have changed places',
      (lines) => lines.toSpliced(7, 2, lines[8] ?? '', lines[7] ?? ''),
    ],
    ['a section is missing', (lines) => lines.toSpliced(-6, 4)],
    ['lines follow the trailer', (lines) => [...lines.slice(0, -1), lines[0] ?? '', '']],
  ])('is noticed when %s', async (_, change) => {
    await expect(examinedText(change(text.split('\n')).join('\n'))).rejects.toThrow(/damaged|end/)
  })

  it.each<[what: string, content: Buffer, message: RegExp]>([
    ['nothing', Buffer.alloc(0), /cut short|no backup/],
    ['text', Buffer.from('{"type":"bundle"}'), /no backup/],
    ['other NDJSON', gzipSync('{"type":"bundle"}\n'), /no backup/],
    ['bytes', gzipSync(Buffer.from([0xff, 0x00, 0x0a])), /no backup/],
    ['a later version', gzipSync(`${JSON.stringify({ ...HEADER, version: 2 })}\n`), /version 2/],
  ])('is noticed when it is %s', async (_, content, message) => {
    await expect(examined(content)).rejects.toThrow(message)
  })
})

describe('backup --verify', () => {
  it('tells what is in a file, without a server', async () => {
    const path = join(temporaryFolder(), 'backup')
    writeFileSync(path, bytes)
    const { exitCode, out } = await run(['backup', '--verify', path, '--json'], {
      url: 'http://127.0.0.1:1',
    })
    expect(exitCode).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      is_whole: true,
      records: 300,
      keys: 2,
      keys_without_object_name: ['key_2'],
      collections: [{ alias: 'feed', records: 300, has_deletions_meanwhile: false }],
    })
    const told = await run(['backup', '--verify', path])
    expect(told.out).toContain(`${path} is whole`)
  })

  it.each([
    [['backup', '--verify', 'f', '--out', 'x'], 2],
    [['backup', '--verify', '/no/such/file'], 1],
    [['restore'], 2],
    [['restore', 'f', '--database', 'A', '--database', 'B'], 2],
    [['restore', 'f', '--database', 'a=A', '--database', 'a=B'], 2],
    [['restore', '/no/such/file'], 1],
  ])('%j ends with %i', async (args, exitCode) => {
    const ran = await run(args, { url: 'http://127.0.0.1:1' })
    expect([ran.exitCode, ran.out]).toEqual([exitCode, ''])
    expect(ran.err).not.toContain('    at ')
  })
})
