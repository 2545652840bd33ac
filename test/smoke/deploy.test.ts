// `npm run deploy` with the real wrangler, on a stand-in for Cloudflare's API: that wrangler's
// commands, answers and failures are what the deployment takes them for.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runDeploy } from '../../cli/deploy/command-line.ts'
import { program } from '../../cli/deploy/run-program.ts'
import { ACCOUNT_ID, CloudflareApi } from './support/cloudflare-api.ts'
import { PROJECT_ROOT } from './support/server.ts'

const NEVER = new AbortController().signal
const MADE = 'wrangler.deploy.production.jsonc'
const wrangler = program(
  process.execPath,
  join(PROJECT_ROOT, 'node_modules/wrangler/bin/wrangler.js'),
)
const api = new CloudflareApi()
const root = mkdtempSync(join(tmpdir(), 'taxii-edge-deploy-'))
let env: Record<string, string | undefined> = {}

beforeAll(async () => {
  for (const name of ['wrangler.toml', 'package.json', 'src', 'migrations']) {
    cpSync(join(PROJECT_ROOT, name), join(root, name), { recursive: true })
  }
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(root, 'node_modules'))
  env = {
    PATH: process.env.PATH,
    // A login of the person who runs this test is none of its business.
    HOME: root,
    XDG_CONFIG_HOME: join(root, '.config'),
    CLOUDFLARE_API_BASE_URL: await api.listen(),
    CLOUDFLARE_API_TOKEN: 'x'.repeat(40),
  }
})

afterAll(() => {
  api.close()
  rmSync(root, { recursive: true })
})

type Ran = { exitCode: number; out: string; err: string }

async function deploy(
  args: string[],
  changes: Record<string, string | undefined> = {},
): Promise<Ran> {
  const ran: Ran = { exitCode: 0, out: '', err: '' }
  ran.exitCode = await runDeploy(['--yes', '--wait', '0', ...args], {
    terminal: {
      env: { ...env, ...changes },
      stdin: Readable.from([]),
      print: (text) => {
        ran.out += text
      },
      report: (text) => {
        ran.err += text
      },
    },
    projectRoot: root,
    wrangler,
    interruption: NEVER,
    fetch: async (input) => {
      const name = new URL(String(input)).hostname.split('.')[0] ?? ''
      const version = api.workers[name]?.deployments.at(-1) ?? ''
      return new Response('{"status":"ok"}', { headers: { 'X-Worker-Version': version } })
    },
    pollMs: 10,
  })
  return ran
}

function migrationNames(): string[] {
  return readdirSync(join(root, 'migrations'))
    .filter((name) => name.endsWith('.sql'))
    .sort()
}

test('says that nobody is logged in', async () => {
  const { exitCode, err } = await deploy([], { CLOUDFLARE_API_TOKEN: undefined })
  expect([exitCode, err]).toEqual([1, expect.stringContaining('Not logged in to Cloudflare.')])
})

test('makes everything on a first run', async () => {
  const { exitCode, out, err } = await deploy(['--json'])
  expect([exitCode, err]).toEqual([0, expect.not.stringContaining('ERROR')])
  const [database] = api.databases
  const worker = api.workers['taxii-edge']
  expect(JSON.parse(out)).toMatchObject({
    ok: true,
    account_id: ACCOUNT_ID,
    url: 'https://taxii-edge.example.workers.dev',
    version_id: worker?.versions.at(-1),
    databases: [{ id: database?.uuid, created: true, migrations_applied: migrationNames() }],
    secrets_set: ['KEY_SECRET', 'ADMIN_TOKEN'],
    admin_token: worker?.secrets.ADMIN_TOKEN,
  })
  expect(worker?.secrets.KEY_SECRET).toMatch(/^[\w-]{43}$/)
  expect(worker?.crons).toEqual(['7 * * * *'])
  // Applied, as every Worker needs it.
  expect(database?.sqlite.prepare('SELECT count(*) AS keys FROM api_keys').get()).toEqual({
    keys: 0,
  })
  expect(api.unknown).toEqual([])
})

test('changes nothing on a second run but the version', async () => {
  const worker = api.workers['taxii-edge']
  const before = worker?.deployments.at(-1)
  const secrets = { ...worker?.secrets }
  const { exitCode, out } = await deploy(['--json'])
  expect(exitCode).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    version_before: before,
    secrets_set: [],
    databases: [{ created: false, migrations_applied: [] }],
  })
  expect(api.databases).toHaveLength(1)
  expect(worker?.secrets).toEqual(secrets)
  expect(readFileSync(join(root, MADE), 'utf8')).toContain(api.databases[0]?.uuid)
})

test('stops at a migration that fails, and shows what D1 said', async () => {
  const deployments = api.workers['taxii-edge']?.deployments.length
  const bad = join(root, 'migrations/9999_bad.sql')
  cpSync(join(root, 'migrations', migrationNames()[0] ?? ''), bad)
  const { exitCode, err } = await deploy([])
  rmSync(bad)
  expect(exitCode).toBe(1)
  expect(err).toMatch(/table `?\w+`? already exists/)
  expect(err).toContain('No Worker was deployed')
  expect(err).toContain(
    `npx wrangler d1 time-travel restore DB --bookmark=00000001-00000002 -c ${MADE}`,
  )
  expect(api.workers['taxii-edge']?.deployments).toHaveLength(deployments ?? 0)
})

test('rolls back by the command that is told', async () => {
  const worker = api.workers['taxii-edge']
  const [first = '', second] = worker?.deployments.slice(-2) ?? []
  const { exitCode, said } = await wrangler({
    args: ['rollback', first, '-c', MADE],
    cwd: root,
    env,
    stdin: '',
    interruption: NEVER,
  })
  expect([exitCode, said]).toEqual([0, expect.not.stringContaining('ERROR')])
  expect(worker?.deployments.slice(-2)).toEqual([second, first])
})
