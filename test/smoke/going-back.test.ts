// Going back on one machine, as docs/self-hosting.md has it: the folder is copied before the upgrade;
// afterwards the release before refuses the folder that was migrated, and goes on with the copy.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ADMIN_TOKEN, KEY_SECRET, tokenOf } from './releases/derived-secrets.ts'
import { call, expectDates, expectKeys, expectWalks } from './releases/expectations.ts'
import { keptReleases, restoreData, restoreWorker, TIERS } from './releases/kept-release.ts'
import { API_ROOT, type Recording } from './releases/recording.ts'
import { serveWorker } from './support/built-worker.ts'
import { makeDataFolder, PROJECT_ROOT, runCommand, startServer } from './support/server.ts'

const OBJECTS = `${API_ROOT}/collections/soc-defenders-all/objects/`
const release = keptReleases().at(-1) ?? ''
const folder = makeDataFolder()
const place = (name: string) => join(folder.path, name)
const [state, copy] = [place('taxii-edge'), place('taxii-edge.before')]
let recording: Recording

beforeAll(async () => {
  mkdirSync(state, { mode: 0o700 })
  recording = restoreData(release, state)
  execFileSync('cp', ['-a', state, copy])
  const upgraded = await startServer(state, { env: { TIERS } })
  await write(upgraded.ready.url, 'after the upgrade')
  await upgraded.end('SIGTERM')
})

afterAll(() => folder.remove())

async function write(url: string, name: string): Promise<void> {
  const now = new Date().toISOString()
  const id = `identity--${crypto.randomUUID()}`
  const object = { type: 'identity', spec_version: '2.1', id, created: now, modified: now, name }
  const { status, json } = await call(url, tokenOf('writer'), OBJECTS, {
    method: 'POST',
    headers: { 'Content-Type': 'application/taxii+json;version=2.1' },
    body: JSON.stringify({ objects: [object] }),
  })
  expect([status, json.success_count]).toEqual([202, 1])
}

async function names(url: string): Promise<string[]> {
  type Page = { objects: { name?: string }[] }
  const path = `${OBJECTS}?match[type]=identity&limit=1000`
  const { json } = await call<Page>(url, tokenOf('writer'), path)
  return json.objects.flatMap(({ name }) => name ?? [])
}

/** This program as it would be without its last migration. */
function makeOlderProgram(): { root: string; last: string } {
  const root = place('older-program')
  for (const name of [
    'cli',
    'src',
    'migrations',
    'package.json',
    'tsconfig.json',
    'wrangler.toml',
  ]) {
    cpSync(join(PROJECT_ROOT, name), join(root, name), { recursive: true })
  }
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(root, 'node_modules'))
  const last = readdirSync(join(root, 'migrations'))
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .at(-1)
  rmSync(join(root, 'migrations', last ?? ''))
  return { root, last: last ?? '' }
}

test('an older program refuses the folder, says what to do, and leaves it to the newer one', async () => {
  const { root, last } = makeOlderProgram()
  const args = [join(root, 'cli/start.ts'), '--service', '--port', '0', '--data', state]
  const { exitCode, err } = await runCommand(process.execPath, args, { TIERS })
  expect(exitCode).toBe(1)
  const failed = err.split('\n').find((line) => line.includes('"failed"')) ?? '{}'
  expect(JSON.parse(failed).message).toMatch(
    new RegExp(`newer release: it has the migration ${last}\\. .*the copy that was made before`),
  )
  const again = await startServer(state, { env: { TIERS } })
  expect(await names(again.ready.url)).toContain('after the upgrade')
  await again.end('SIGTERM')
})

test('the release before goes on with the copy, as if there had been no upgrade', async () => {
  restoreWorker(release, place('released-worker'))
  const old = await serveWorker({
    folder: place('released-worker'),
    configPath: join(PROJECT_ROOT, 'wrangler.toml'),
    stateFolder: join(copy, 'state'),
    bindings: { KEY_SECRET, ADMIN_TOKEN, TIERS },
  })
  await expectDates(old.url, recording)
  await expectWalks(old.url, recording)
  await expectKeys(old.url, recording)
  expect(await names(old.url)).not.toContain('after the upgrade')
  await write(old.url, 'after going back')
  await old.stop()
})

test('and the copy takes the upgrade again', async () => {
  const upgraded = await startServer(copy, { env: { TIERS } })
  const { url } = upgraded.ready
  await expectWalks(url, recording, { isGrown: true })
  expect((await names(url)).at(-1)).toBe('after going back')
  await upgraded.end('SIGTERM')
})
