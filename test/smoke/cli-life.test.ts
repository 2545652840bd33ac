// The life of a key by the command line against a running server, as an operator lives it.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeDataFolder, PROJECT_ROOT, type RunningServer, startServer } from './support/server.ts'

const data = makeDataFolder()
let server: RunningServer

beforeAll(async () => {
  server = await startServer(data.path, { args: ['--no-sample'] })
})

afterAll(async () => {
  await server.end('SIGTERM')
  data.remove()
})

type Ran = { exitCode: number; out: string; err: string }

async function cli(...args: string[]): Promise<Ran> {
  const { url, adminToken } = server.ready
  const env = { ...process.env, TAXII_EDGE_URL: url, TAXII_EDGE_TOKEN: adminToken }
  try {
    const run = promisify(execFile)
    const done = await run(process.execPath, ['cli/main.ts', ...args], { cwd: PROJECT_ROOT, env })
    return { exitCode: 0, out: done.stdout, err: done.stderr }
  } catch (error) {
    const failed = error as { code: number; stdout: string; stderr: string }
    return { exitCode: failed.code, out: failed.stdout, err: failed.stderr }
  }
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever members the answer has
async function cliJson(...args: string[]): Promise<any> {
  const { exitCode, out, err } = await cli(...args, '--json')
  expect([exitCode, err]).toEqual([0, ''])
  return JSON.parse(out)
}

async function pull(key: string): Promise<[number, string | undefined]> {
  const url = `${server.ready.url}/api/taxii2/api/collections/soc-defenders-all/objects/`
  const response = await fetch(url, { headers: { Authorization: `Bearer ${key}` } })
  const body = (await response.json()) as { error?: { code: string } }
  return [response.status, body.error?.code]
}

test('a key is made, used, changed, rotated, watched and ended', async () => {
  const made = await cliJson('key', 'create', '--tier', 'free', '--label', 'life')
  expect(await pull(made.key)).toEqual([403, 'insufficient_scope'])
  await cliJson('key', 'change', made.id, '--scope', 'read:stix', '--per-minute', '100')
  expect(await pull(made.key)).toEqual([200, undefined])
  expect(await cliJson('key', 'show', made.id)).toMatchObject({ per_minute: 100, label: 'life' })

  const fresh = await cliJson('key', 'rotate', made.id, '--overlap', '3600')
  expect(await pull(made.key)).toEqual([200, undefined])
  expect(await pull(fresh.key)).toEqual([200, undefined])
  await cliJson('key', 'revoke', made.id)
  expect(await pull(made.key)).toEqual([401, 'revoked_api_key'])
  expect(await pull(fresh.key)).toEqual([200, undefined])
  await cliJson('key', 'revoke', fresh.id)
  expect(await pull(fresh.key)).toEqual([401, 'revoked_api_key'])

  const used = await cliJson('usage', made.id)
  expect(used.days.at(-1)).toMatchObject({ requests: 3, refused: { revoked: 1 } })
  const { keys } = await cliJson('key', 'list')
  expect(keys.map(({ id, state }: { id: string; state: string }) => [id, state])).toEqual(
    expect.arrayContaining([
      [made.id, 'revoked'],
      [fresh.id, 'revoked'],
    ]),
  )
  const { lines } = await cliJson('audit', '--limit', '5')
  expect(lines.map(({ action }: { action: string }) => action)).toEqual([
    'revokeKey',
    'revokeKey',
    'rotateKey',
    'changeKey',
    'createKey',
  ])
})

test('an operator of one own acts by name until revoked', async () => {
  const issued = await cliJson('operator', 'create', 'erin')
  expect((await cliJson('doctor', '--token', issued.token)).findings).toContainEqual(
    expect.objectContaining({ check: 'operator token', found: 'that of erin' }),
  )
  await cliJson('operator', 'revoke', issued.id)
  const refused = await cli('key', 'list', '--token', issued.token)
  expect([refused.exitCode, refused.out]).toEqual([1, ''])
  expect(refused.err).toContain('refused the operator token')
})

test('the doctor says what a key may do and what a product must enter', async () => {
  const { findings, enter } = await cliJson(
    'doctor',
    '--key',
    server.ready.keys.pro,
    '--product',
    'sentinel',
    '--collection',
    'soc-defenders-all',
  )
  expect(findings.every(({ isGood }: { isGood: boolean }) => isGood)).toBe(true)
  expect(findings).toContainEqual(
    expect.objectContaining({ check: 'key: SOC Defenders All', found: 'reads' }),
  )
  expect(enter['Collection ID']).toBe(
    server.ready.collections.find(({ alias }) => alias === 'soc-defenders-all')?.id,
  )
  const bad = await cli('doctor', '--key', 'taxii_wrong')
  expect(bad.exitCode).toBe(1)
  expect(bad.out).toContain('HTTP 401')
  expect(bad.out + bad.err).not.toContain('taxii_wrong')
})

test('words that are not understood end with 2', async () => {
  for (const args of [
    ['key', 'create'],
    ['key', 'change', 'key_x'],
    ['nonsense'],
    ['completion', 'tcsh'],
  ]) {
    expect((await cli(...args)).exitCode, args.join(' ')).toBe(2)
  }
})
