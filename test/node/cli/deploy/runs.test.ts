// `npm run deploy` against a stand-in for wrangler: the first run, the second, and runs that were
// stopped at each step.
import { expect, test } from 'vitest'
import { ACCOUNT_ID } from './support/account.ts'
import { Deployment } from './support/deployment.ts'

const FIRST_RUN = [
  'deploy --dry-run',
  'whoami',
  'd1 list',
  'secret list',
  'd1 create taxii-edge',
  'd1 list',
  'd1 migrations apply DB',
  'd1 execute DB',
  'secret bulk',
  'secret list',
  'deploy',
]

const SECOND_RUN = [
  'deploy --dry-run',
  'whoami',
  'd1 list',
  'd1 execute DB',
  'secret list',
  'deployments status',
  'deploy',
]

test('a first run makes everything, in an order that leaves nothing half-done', async () => {
  const deployment = new Deployment()
  const { exitCode, out, err } = await deployment.run(['--yes'])
  expect([exitCode, err]).toEqual([0, expect.not.stringContaining('ERROR')])
  expect(deployment.takeCommands()).toEqual(FIRST_RUN)
  const { databases, workers } = deployment.account
  const [database] = databases
  expect(databases).toEqual([
    expect.objectContaining({
      name: 'taxii-edge',
      migrations: ['0000_first.sql', '0001_second.sql'],
    }),
  ])
  expect(deployment.made()).toMatchObject({
    name: 'taxii-edge',
    main: 'src/index.ts',
    account_id: ACCOUNT_ID,
    d1_databases: [{ binding: 'DB', database_id: database?.uuid, migrations_dir: 'migrations' }],
  })
  const { secrets, versions } = workers['taxii-edge'] ?? { secrets: {}, versions: [] }
  expect(Object.keys(secrets)).toEqual(['KEY_SECRET', 'ADMIN_TOKEN'])
  expect(versions).toHaveLength(1)
  expect(out).toContain('taxii-edge is ready on https://taxii-edge.example.workers.dev\n')
  expect(out).toContain(`  ${secrets.ADMIN_TOKEN}\n`)
  expect(out).toContain('npm run cli -- collection create')
  expect(out).toContain('npm run cli -- key create')
  expect(out).toMatch(/curl .*https:\/\/taxii-edge\.example\.workers\.dev\/api\/taxii2\/api\//)
})

test('runs wrangler as a program: twice, and once where it fails', async () => {
  const deployment = new Deployment()
  const first = await deployment.run(['--yes'], { byProgram: true })
  expect([first.exitCode, deployment.takeCommands()]).toEqual([0, FIRST_RUN])
  const second = await deployment.run(['--yes'], { byProgram: true })
  expect([second.exitCode, deployment.takeCommands()]).toEqual([0, SECOND_RUN])
  const { ADMIN_TOKEN = '' } = deployment.account.workers['taxii-edge']?.secrets ?? {}
  expect(first.out.split(ADMIN_TOKEN)).toHaveLength(2)
  deployment.account.loggedIn = false
  const third = await deployment.run(['--yes'], { byProgram: true })
  expect([third.exitCode, third.err]).toEqual([1, expect.stringContaining('Not logged in')])
}, 30_000)

test('says what it is about to do, and does nothing when told not to', async () => {
  const deployment = new Deployment()
  const { exitCode, out, err } = await deployment.run([], { answer: 'n' })
  expect([exitCode, out]).toEqual([1, ''])
  expect(deployment.questions).toEqual(['Go on? [y/N] '])
  expect(err).toContain('D1 DB = taxii-edge: create it, apply 0000_first.sql, 0001_second.sql')
  expect(err).toContain('set KEY_SECRET and ADMIN_TOKEN')
  expect(err).toContain('Nothing was changed.')
  const { databases, workers } = deployment.account
  expect([databases, workers]).toEqual([[], {}])
  expect((await deployment.run([], { answer: 'y' })).exitCode).toBe(0)
})

test('a second run changes nothing that is there', async () => {
  const deployment = new Deployment()
  const base = deployment.read('wrangler.toml')
  await deployment.run(['--yes'])
  deployment.takeCommands()
  const before = structuredClone(deployment.account)
  const { exitCode, out } = await deployment.run(['--yes'])
  expect(exitCode).toBe(0)
  expect(deployment.takeCommands()).toEqual(SECOND_RUN)
  const after = deployment.account
  expect(after.databases).toEqual(before.databases)
  expect(after.workers['taxii-edge']?.secrets).toEqual(before.workers['taxii-edge']?.secrets)
  expect(after.workers['taxii-edge']?.versions).toHaveLength(2)
  expect(out).not.toContain('Operator token')
  // What `git pull` updates is as it came.
  expect(deployment.read('wrangler.toml')).toBe(base)
})

test('an upgrade migrates before it deploys, and tells how to have the data back', async () => {
  const deployment = new Deployment()
  await deployment.run(['--yes'])
  deployment.takeCommands()
  const before = deployment.account.workers['taxii-edge']?.versions.at(-1)
  deployment.addMigration('0002_third.sql')
  const { out } = await deployment.run(['--yes', '--json'])
  const commands = deployment.takeCommands()
  expect(commands.slice(-5)).toEqual([
    'deployments status',
    'd1 time-travel info DB',
    'd1 migrations apply DB',
    'd1 execute DB',
    'deploy',
  ])
  expect(JSON.parse(out)).toMatchObject({
    ok: true,
    version_before: before,
    databases: [
      {
        created: false,
        migrations_applied: ['0002_third.sql'],
        restore_command: expect.stringContaining('--bookmark=00000001-bookmark'),
      },
    ],
    secrets_set: [],
  })
})

test('prints one line of JSON for programs', async () => {
  const deployment = new Deployment()
  const { out } = await deployment.run(['--yes', '--json'])
  const { databases, workers } = deployment.account
  expect(out.endsWith('}\n')).toBe(true)
  expect(JSON.parse(out)).toEqual({
    ok: true,
    environment: 'production',
    worker: 'taxii-edge',
    account_id: ACCOUNT_ID,
    url: 'https://taxii-edge.example.workers.dev',
    public_origin: 'https://taxii-edge.example.workers.dev',
    version_id: workers['taxii-edge']?.versions[0],
    databases: [
      {
        binding: 'DB',
        name: 'taxii-edge',
        id: databases[0]?.uuid,
        created: true,
        migrations_applied: ['0000_first.sql', '0001_second.sql'],
      },
    ],
    secrets_set: ['KEY_SECRET', 'ADMIN_TOKEN'],
    admin_token: workers['taxii-edge']?.secrets.ADMIN_TOKEN,
  })
})

test('no secret is in an argument, a file or a message, but the operator token once', async () => {
  const deployment = new Deployment()
  const { out, err } = await deployment.run(['--yes'])
  const { calls, workers } = deployment.account
  const { KEY_SECRET = '', ADMIN_TOKEN = '' } = workers['taxii-edge']?.secrets ?? {}
  expect(KEY_SECRET).toMatch(/^[\w-]{43}$/)
  expect(ADMIN_TOKEN).toMatch(/^[\w-]{43}$/)
  const given = calls.filter(({ stdin }) => stdin.includes(KEY_SECRET))
  expect(given.map(({ args }) => args.slice(0, 2))).toEqual([['secret', 'bulk']])
  for (const secret of [KEY_SECRET, ADMIN_TOKEN]) {
    expect(calls.flatMap(({ args }) => args).join(' ')).not.toContain(secret)
    expect(deployment.filesText).not.toContain(secret)
    expect(err).not.toContain(secret)
  }
  expect(out).not.toContain(KEY_SECRET)
  expect(out.split(ADMIN_TOKEN)).toHaveLength(2)
})

test('strikes a secret that wrangler repeats', async () => {
  const deployment = new Deployment()
  const KEY_SECRET = 'chosen by the operator, and long enough'
  const says = `cannot set ${KEY_SECRET}`
  deployment.account.failures.push({ command: 'secret bulk', says })
  const { exitCode, err } = await deployment.run(['--yes'], { env: { KEY_SECRET } })
  expect([exitCode, err]).toEqual([1, expect.stringContaining('cannot set [secret]')])
  expect(err + deployment.filesText).not.toContain(KEY_SECRET)
})

const STEPS = [...new Set(FIRST_RUN)]
const failures = STEPS.flatMap((command) => [
  { command, does: false },
  ...(/create|apply|bulk|^deploy$/.test(command) ? [{ command, does: true }] : []),
])

test.each(failures)('goes on after "$command" failed (done all the same: $does)', async (step) => {
  const deployment = new Deployment()
  const command = step.command.replace(' --dry-run', '')
  const isBuild = step.command.endsWith('--dry-run')
  // The build comes first of all, so that the deployment is the second `deploy`.
  const failed = command === 'deploy' && !isBuild ? 'deploy --config' : command
  const says = `went wrong at ${step.command}`
  deployment.account.failures.push({ ...step, command: failed, says })
  const first = await deployment.run(['--yes'])
  expect([first.exitCode, first.err]).toEqual([1, expect.stringContaining(says)])
  if (!isBuild) expect(deployment.read('wrangler.deploy.production.log')).toContain(says)
  const second = await deployment.run(['--yes'])
  expect(second.exitCode).toBe(0)
  const { databases, workers } = deployment.account
  expect(databases).toHaveLength(1)
  const { KEY_SECRET, ADMIN_TOKEN = '?' } = workers['taxii-edge']?.secrets ?? {}
  expect(KEY_SECRET).toBeDefined()
  // Whichever run made the token that counts has shown it.
  expect(first.out + second.out).toContain(ADMIN_TOKEN)
})

test('ends at an interruption, and goes on in the next run', async () => {
  const deployment = new Deployment()
  const interruption = new AbortController()
  const stopped = await deployment.run(['--yes', '--json'], {
    interruption: interruption.signal,
    fetch: async () => {
      interruption.abort()
      return new Response('', { status: 503 })
    },
  })
  expect([stopped.exitCode, stopped.err]).toEqual([1, expect.stringContaining('Interrupted.')])
  const { admin_token, problem } = JSON.parse(stopped.out)
  expect(problem).toContain('Interrupted.')
  expect(deployment.account.workers['taxii-edge']?.secrets.ADMIN_TOKEN).toBe(admin_token)
  expect((await deployment.run(['--yes'])).exitCode).toBe(0)
})
