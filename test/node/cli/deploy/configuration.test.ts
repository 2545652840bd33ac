// Environments, the deployer's own file, further databases, and the dry run's findings.
import { expect, test } from 'vitest'
import { Deployment } from './support/deployment.ts'

const YES = ['--yes', '--wait', '0']

test('staging and production share nothing', async () => {
  const deployment = new Deployment()
  await deployment.run(YES)
  const { exitCode, out } = await deployment.run([...YES, '--env', 'staging', '--json'])
  expect(exitCode).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    environment: 'staging',
    worker: 'taxii-edge-staging',
    url: 'https://taxii-edge-staging.example.workers.dev',
  })
  const { databases, workers } = deployment.account
  expect(databases.map(({ name }) => name)).toEqual(['taxii-edge', 'taxii-edge-staging'])
  const [main, staging] = [workers['taxii-edge'], workers['taxii-edge-staging']]
  expect(main?.secrets.KEY_SECRET).not.toBe(staging?.secrets.KEY_SECRET)
  expect(deployment.made('staging').d1_databases[0].database_id).toBe(databases[1]?.uuid)
  expect(deployment.made('production').d1_databases[0].database_id).toBe(databases[0]?.uuid)
})

test('the own file changes what it names, and every further database is made and migrated', async () => {
  const deployment = new Deployment()
  deployment.write(
    'deploy.production.toml',
    `name = "acme-taxii"
workers_dev = false
routes = [{ pattern = "taxii.example.org", custom_domain = true }]

[vars]
PUBLIC_ORIGIN = "https://taxii.example.org"

[[d1_databases]]
binding = "DB_2"

[[d1_databases]]
binding = "DB_ARCHIVE"
database_name = "archive"
`,
  )
  const { exitCode } = await deployment.run(YES)
  expect(exitCode).toBe(0)
  const { databases, workers } = deployment.account
  expect(databases.map(({ name }) => name)).toEqual(['acme-taxii', 'acme-taxii-db-2', 'archive'])
  for (const { migrations } of databases) expect(migrations).toHaveLength(2)
  expect(Object.keys(workers)).toEqual(['acme-taxii'])
  expect(deployment.made()).toMatchObject({
    workers_dev: false,
    routes: [{ pattern: 'taxii.example.org', custom_domain: true }],
    vars: { PUBLIC_ORIGIN: 'https://taxii.example.org' },
    compatibility_flags: ['nodejs_compat'],
    durable_objects: { bindings: [{ name: 'API_KEYS', class_name: 'ApiKey' }] },
    d1_databases: databases.map(({ name, uuid }) => ({ database_name: name, database_id: uuid })),
  })
})

test('new collections may go to a further database', async () => {
  const deployment = new Deployment()
  deployment.write(
    'deploy.production.toml',
    `[vars]
COLLECTION_DATABASE = "DB_2"

[[d1_databases]]
binding = "DB_2"
`,
  )
  expect((await deployment.run(['--dry-run'])).exitCode).toBe(0)
})

test('an id in the project file is that of production only', async () => {
  const deployment = new Deployment()
  await deployment.run(YES)
  const [database] = deployment.account.databases
  const text = deployment.read('wrangler.toml')
  deployment.write('wrangler.toml', text.replace(/0{8}(-0{4}){3}-0{12}/, database?.uuid ?? ''))
  await deployment.run([...YES, '--env', 'staging'])
  expect(deployment.account.databases).toHaveLength(2)
  expect((await deployment.run(YES)).exitCode).toBe(0)
  expect(deployment.account.databases).toHaveLength(2)
})

test('a database is made where the own file wants it', async () => {
  const deployment = new Deployment()
  deployment.write(
    'deploy.production.toml',
    `[[d1_databases]]
binding = "DB"
location = "weur"

[[d1_databases]]
binding = "DB_EU"
jurisdiction = "eu"
`,
  )
  await deployment.run(YES)
  const creations = deployment.account.calls.filter(({ args }) => args[1] === 'create')
  expect(creations.map(({ args }) => args.slice(2, 5))).toEqual([
    ['taxii-edge', '--location', 'weur'],
    ['taxii-edge-db-eu', '--jurisdiction', 'eu'],
  ])
  for (const database of deployment.made().d1_databases) {
    expect(Object.keys(database)).toEqual(
      expect.not.arrayContaining(['location', 'jurisdiction', 'place']),
    )
  }
})

test('a dry run asks nobody, leaves nothing, and says what would be done', async () => {
  const deployment = new Deployment({ loggedIn: false })
  const files = deployment.filesText
  const { exitCode, out, err } = await deployment.run(['--dry-run'])
  expect([exitCode, err]).toEqual([0, ''])
  expect(deployment.takeCommands()).toEqual(['deploy --dry-run'])
  expect(deployment.filesText).toBe(files)
  expect(out).not.toContain('FAILED')
  expect(out).toContain('migrations of DB: 0000_first.sql, 0001_second.sql')
  expect(out).toContain('create the D1 database taxii-edge (DB)')
  expect(out).toContain('make KEY_SECRET and ADMIN_TOKEN')
})

test('a dry run answers programs in one line', async () => {
  const deployment = new Deployment()
  const { out } = await deployment.run(['--dry-run', '--json', '--env', 'staging'])
  expect(JSON.parse(out)).toMatchObject({
    ok: true,
    dry_run: true,
    environment: 'staging',
    worker: 'taxii-edge-staging',
    bundle_gzip_bytes: expect.any(Number),
    databases: [{ binding: 'DB', name: 'taxii-edge-staging', id: null }],
  })
})

const WRONG: [what: string, own: string, found: string][] = [
  ['a setting out of bounds', '[vars]\nPAGE_LIMIT_MAX = "0"', 'PAGE_LIMIT_MAX'],
  ['a setting that does not exist', '[vars]\nPAGE_LIMT_MAX = "10"', 'there is no such setting'],
  ['a secret among the settings', '[vars]\nADMIN_TOKEN = "x"', 'ADMIN_TOKEN: is a secret'],
  [
    'two databases of one name',
    '[[d1_databases]]\nbinding = "DB_2"\ndatabase_name = "taxii-edge"',
    'two bindings name taxii-edge',
  ],
  [
    'a binding that the Worker does not know',
    '[[d1_databases]]\nbinding = "ARCHIVE"',
    'the binding ARCHIVE is neither DB nor DB_',
  ],
  [
    'a place for collections that is not bound',
    '[vars]\nCOLLECTION_DATABASE = "DB_2"',
    'COLLECTION_DATABASE: is no binding of a database',
  ],
  [
    'a folder without migrations',
    '[[d1_databases]]\nbinding = "DB"\nmigrations_dir = "nowhere"',
    'migrations of DB: none in',
  ],
]

test.each(WRONG)('%s is found before anything is changed', async (_, own, found) => {
  const deployment = new Deployment()
  deployment.write('deploy.production.toml', own)
  const dry = await deployment.run(['--dry-run'])
  expect([dry.exitCode, dry.err]).toEqual([1, expect.stringMatching(/^1 of \d checks failed\n$/)])
  expect(dry.out).toContain('FAILED')
  expect(dry.out).toContain(found)
  const { exitCode, err } = await deployment.run(YES)
  expect([exitCode, err]).toEqual([1, expect.stringContaining(found)])
  expect(err).toContain('Nothing was changed.')
  expect(deployment.account.databases).toEqual([])
})

test('a bundle that is too large is not deployed', async () => {
  const deployment = new Deployment({ bundleCharacters: 400_000 })
  const { exitCode, out } = await deployment.run(['--dry-run'])
  expect([exitCode, out]).toEqual([1, expect.stringMatching(/FAILED {2}bundle: \d{6} bytes/)])
  expect((await deployment.run(YES)).err).toContain('Nothing was changed.')
})

test.each([
  ['name = ', 'deploy.production.toml cannot be used: '],
  ['name = 7', 'deploy.production.toml cannot be used. name: '],
  ['[[d1_databases]]\nbinding = "DB"\nlocation = "moon"', 'd1_databases.0.location: '],
  ['[env.staging]\nname = "x"', 'deploy.production.toml cannot be used. env: '],
])('a file that cannot be read is named: %s', async (own, problem) => {
  const deployment = new Deployment()
  deployment.write('deploy.production.toml', own)
  const { exitCode, err } = await deployment.run(['--dry-run'])
  expect([exitCode, err]).toEqual([1, expect.stringContaining(problem)])
})

test.each([['--env', 'elsewhere'], ['--wait', 'long'], ['more']])(
  'words that are not understood end with 2: %s',
  async (...args) => {
    const { exitCode, err } = await new Deployment().run(args)
    expect([exitCode, err]).toEqual([2, expect.stringMatching(/^error: .+\n$/)])
  },
)

test('help ends with 0', async () => {
  const { exitCode, out } = await new Deployment().run(['--help'])
  expect([exitCode, out]).toEqual([0, expect.stringContaining('--dry-run')])
})
