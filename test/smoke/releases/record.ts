// Keeps what a release leaves behind, for the upgrade test: `npm run release:record`, or with
// `-- CHECKOUT` that of another source tree with its dependencies installed. Writes the built Worker
// and its data, with what it answered about them, to a folder of the release's name beside this file.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { serveWorker } from '../support/built-worker.ts'
import { PROJECT_ROOT } from '../support/server.ts'
import { ADMIN_TOKEN, KEY_SECRET } from './derived-secrets.ts'
import { makeDeterministic } from './deterministic-worker.ts'
import { fillAndRecord, NAMES } from './fill.ts'
import { keptReleases } from './kept-release.ts'
import { releaseToRecord } from './release-to-record.ts'

/** A key's counters are on disk a second later. */
const COUNTERS_WRITTEN_MS = 2_000

const [checkoutArgument = PROJECT_ROOT] = process.argv.slice(2)
const checkout = resolve(checkoutArgument)
const release = releaseToRecord(checkout, keptReleases())
const work = mkdtempSync(join(tmpdir(), 'taxii-edge-record-'))
const target = join(import.meta.dirname, release)
const data = join(work, 'data')
const state = join(data, 'state')
for (const folder of [target, state]) mkdirSync(folder, { recursive: true })

const { buildWorker }: typeof import('../../../cli/project/build-worker.ts') = await import(
  join(checkout, 'cli/project/build-worker.ts')
)
const { migrate }: typeof import('../../../cli/start/migrate.ts') = await import(
  join(checkout, 'cli/start/migrate.ts')
)

const worker = join(work, 'worker')
await buildWorker(checkout, worker)
const source = readFileSync(join(worker, 'index.js'), 'utf8').replace(/\n\/\/# source.*\n?$/, '')
writeFileSync(join(target, 'worker.js.gz'), gzipSync(source, { level: 9 }))
writeFileSync(join(worker, 'index.js'), makeDeterministic(source, NAMES))

const { url, runtime, stop } = await serveWorker({
  folder: worker,
  configPath: join(checkout, 'wrangler.toml'),
  stateFolder: state,
  bindings: { KEY_SECRET, ADMIN_TOKEN },
})
await migrate(runtime, [
  { binding: 'DB', folder: join(checkout, 'migrations'), table: 'd1_migrations' },
])
const recording = await fillAndRecord(url, release)
await sleep(COUNTERS_WRITTEN_MS)
await stop()

writeFileSync(join(data, 'recording.json'), JSON.stringify(recording, null, 1))
writeFileSync(
  join(state, 'first-start.json'),
  JSON.stringify({ begun: recording.recordedAt, hasSample: true, isComplete: true }),
)
execFileSync('tar', ['-czf', join(target, 'data.tar.gz'), '-C', data, '.'])
rmSync(work, { recursive: true })
