// What docs/backup.md says to paste, pasted: the restore that is tried once a month, and the backup
// that cron takes each night.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Ended,
  freePort,
  makeDataFolder,
  PROJECT_ROOT,
  portIsClosed,
  type RunningServer,
  runCommand,
  startServer,
} from './support/server.ts'

const DOCUMENT = readFileSync(join(PROJECT_ROOT, 'docs/backup.md'), 'utf8')

const data = makeDataFolder()
const place = (name: string) => join(data.path, name)
let server: RunningServer

beforeAll(async () => {
  server = await startServer(place('server'))
})

afterAll(async () => {
  await server.end('SIGTERM')
  data.remove()
})

/** The block of the document that holds these words. */
function block(words: string): string {
  const blocks = [...DOCUMENT.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text)
  const found = blocks.filter((text) => text.includes(words))
  expect(found).toHaveLength(1)
  return found[0] ?? ''
}

/** With names of this test in place of those in the document, each of which has to be there. */
function adapted(text: string, names: Record<string, string>): string {
  let changed = text
  for (const [documented, ours] of Object.entries(names)) {
    expect(changed).toContain(documented)
    changed = changed.replaceAll(documented, ours)
  }
  return changed
}

/** As cron would, with next to nothing in the environment. */
async function nightly(environmentFile: string): Promise<Ended> {
  const [, entry = ''] = /^0 2 \* \* \* root (.*)$/m.exec(block('cron.d')) ?? []
  const line = adapted(entry, {
    '/opt/taxii-edge': PROJECT_ROOT,
    '/etc/taxii-edge-backup.env': environmentFile,
    '/var/backups/taxii': place('backups'),
  })
  return await runCommand('env', [
    '-i',
    'PATH=/usr/bin:/bin',
    `HOME=${data.path}`,
    'sh',
    '-c',
    line,
  ])
}

function backups(): string[] {
  return existsSync(place('backups')) ? readdirSync(place('backups')) : []
}

test('a night without a token takes no backup, and says why', async () => {
  writeFileSync(place('empty.env'), '')
  const { exitCode, out, err } = await nightly(place('empty.env'))
  expect([exitCode, out, err]).toEqual([2, '', expect.stringContaining('No operator token')])
  expect(backups()).toEqual([])
})

test('each night has a backup, from the first on', async () => {
  const settings = block('# /etc/taxii-edge-backup.env')
  const filled = adapted(settings, {
    'http://127.0.0.1:8787': server.ready.url,
    '…': server.ready.adminToken,
  })
  writeFileSync(place('backup.env'), filled)
  for (const nights of [1, 2]) {
    expect(await nightly(place('backup.env'))).toEqual({ exitCode: 0, out: '', err: '' })
    expect(backups()).toHaveLength(nights)
    expect(backups().every((name) => /^taxii-edge-.*Z\.ndjson\.gz$/.test(name))).toBe(true)
    // A file is named by the second.
    await new Promise((resolve) => setTimeout(resolve, 1_100))
  }
})

test('the restore that is tried once a month works when it is pasted', async () => {
  const [name = ''] = backups()
  const port = await freePort()
  const drill = adapted(block('restore FILE --verify\nkill'), {
    FILE: join(place('backups'), name),
    '9999': String(port),
    '/tmp/try': place('try'),
  })
  const { exitCode, out, err } = await runCommand('bash', ['-c', drill])
  expect([exitCode, out]).toEqual([0, expect.stringContaining('the server has them all')])
  expect(err).toContain('KEY_SECRET')
  expect(existsSync(place('try'))).toBe(false)
  expect(await portIsClosed(`http://127.0.0.1:${port}`)).toBe(true)
})
