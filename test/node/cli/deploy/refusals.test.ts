// What a deployment refuses or reports while the old Worker goes on answering.
import { expect, test } from 'vitest'
import { Deployment } from './support/deployment.ts'

const YES = ['--yes', '--wait', '0']

async function deployedOnce(): Promise<{ deployment: Deployment; version: string }> {
  const deployment = new Deployment()
  await deployment.run(YES)
  deployment.takeCommands()
  return { deployment, version: deployment.account.workers['taxii-edge']?.versions[0] ?? '' }
}

/** The database stays, with keys in it. */
function loseWorker({ account }: Deployment): void {
  account.workers = {}
  for (const database of account.databases) database.keys = 12
}

test('a migration that fails leaves the old Worker in place', async () => {
  const { deployment, version } = await deployedOnce()
  deployment.addMigration('0002_good.sql')
  deployment.addMigration('0003_bad.sql')
  const says = 'near "CRATE": syntax error: SQLITE_ERROR [code: 7500]'
  const failure = { command: 'd1 migrations apply', does: '0003_bad.sql', says }
  deployment.account.failures.push(failure)
  const { exitCode, err } = await deployment.run(YES)
  expect(exitCode).toBe(1)
  expect(err).toContain(says)
  expect(err).toContain('No Worker was deployed: what answered before goes on.')
  expect(deployment.takeCommands()).not.toContain('deploy')
  const { databases, workers } = deployment.account
  expect(databases[0]?.migrations.at(-1)).toBe('0002_good.sql')
  expect(workers['taxii-edge']?.versions).toEqual([version])
  expect((await deployment.run(YES)).exitCode).toBe(0)
  expect(deployment.account.databases[0]?.migrations.at(-1)).toBe('0003_bad.sql')
})

test('a deployment that fails says that the old Worker answers', async () => {
  const { deployment } = await deployedOnce()
  deployment.account.failures.push({ command: 'deploy --config', says: 'no' })
  const { exitCode, err } = await deployment.run(YES)
  expect([exitCode, err]).toEqual([
    1,
    expect.stringContaining('What answered before goes on, on the migrated databases.'),
  ])
})

test('a failure after the upload says that the new Worker answers, and the way back', async () => {
  const { deployment, version } = await deployedOnce()
  const says = 'Some triggers failed to deploy: limit of 5 cron triggers [code: 10072]'
  const failure = { command: 'deploy --config', does: true, says }
  deployment.account.failures.push(failure)
  const { exitCode, err } = await deployment.run(YES)
  expect(exitCode).toBe(1)
  expect(err).toContain('The new Worker answers already.')
  expect(err).toContain(`npx wrangler rollback ${version} -c wrangler.deploy.production.jsonc`)
  expect(err).toContain('The account has no cron trigger left: 5 on a Workers Free plan')
})

test('a Worker that does not become ready is reported with the way back', async () => {
  const { deployment, version } = await deployedOnce()
  const fetch = async () => new Response('{"error":{"code":"unavailable"}}', { status: 503 })
  const { exitCode, err } = await deployment.run(YES, { fetch })
  expect(exitCode).toBe(1)
  expect(err).toContain('/health/ready answers HTTP 503: {"error":{"code":"unavailable"}}')
  expect(err).toContain(`npx wrangler rollback ${version} -c wrangler.deploy.production.jsonc`)
  expect(err).toContain('npx wrangler tail -c wrangler.deploy.production.jsonc')
})

test('a first Worker that does not become ready has no way back, and its token is shown', async () => {
  const deployment = new Deployment()
  const fetch = async () => Promise.reject(new TypeError('', { cause: new Error('no such host') }))
  const { exitCode, out, err } = await deployment.run(YES, { fetch })
  expect(exitCode).toBe(1)
  expect(err).toContain('cannot be reached: no such host')
  expect(err).toContain('There is no version before it to go back to.')
  const { ADMIN_TOKEN } = deployment.account.workers['taxii-edge']?.secrets ?? {}
  expect(out).toContain(`stored nowhere but in the Worker\n  ${ADMIN_TOKEN}\n`)
})

test('the old version is not taken for the new one', async () => {
  const { deployment, version } = await deployedOnce()
  const fetch = async () =>
    new Response('{"status":"ok"}', { headers: { 'X-Worker-Version': version } })
  const { exitCode, err } = await deployment.run(YES, { fetch })
  expect([exitCode, err]).toEqual([1, expect.stringContaining(`is answered by version ${version}`)])
})

test('waits for the new version', async () => {
  const { deployment, version } = await deployedOnce()
  let asked = 0
  const fetch = async () => {
    asked += 1
    const newest = deployment.account.workers['taxii-edge']?.versions.at(-1) ?? ''
    if (asked === 1) return new Response('', { status: 530 })
    return new Response('', { headers: { 'X-Worker-Version': asked === 2 ? version : newest } })
  }
  expect((await deployment.run(['--yes'], { fetch })).exitCode).toBe(0)
  expect(asked).toBe(3)
})

test('a database of a newer release is left alone', async () => {
  const { deployment } = await deployedOnce()
  deployment.account.databases[0]?.migrations.push('0009_later.sql')
  const { exitCode, err } = await deployment.run(YES)
  expect(exitCode).toBe(1)
  expect(err).toContain('migrated by a newer release: this one does not know 0009_later.sql')
  expect(err).toContain('wrangler rollback')
  expect(deployment.takeCommands()).not.toContain('deploy')
  expect((await deployment.run([...YES, '--allow-newer-schema'])).exitCode).toBe(0)
})

test('a database that has gone is not replaced by an empty one', async () => {
  const { deployment } = await deployedOnce()
  deployment.account.databases = []
  const { exitCode, err } = await deployment.run(YES)
  expect([exitCode, err]).toEqual([1, expect.stringContaining('has no D1 database')])
  expect(deployment.account.databases).toEqual([])
})

test('a database is found by its name where no id is known, as in a new clone', async () => {
  const { deployment } = await deployedOnce()
  const { account } = deployment
  const clone = new Deployment(account)
  expect((await clone.run(YES)).exitCode).toBe(0)
  expect(clone.account.databases).toEqual(account.databases)
  expect(clone.account.databases).toHaveLength(1)
})

test('a KEY_SECRET is never replaced, and never made where keys were given out', async () => {
  const { deployment } = await deployedOnce()
  const KEY_SECRET = 'chosen by the operator, and long enough'
  const given = await deployment.run(YES, { env: { KEY_SECRET } })
  expect([given.exitCode, given.err]).toEqual([1, expect.stringContaining('is never replaced')])
  loseWorker(deployment)
  const { exitCode, err } = await deployment.run(YES)
  expect([exitCode, err]).toEqual([1, expect.stringContaining('its database lists 12 API keys')])
  expect(deployment.account.workers).toEqual({})
  expect((await deployment.run(YES, { env: { KEY_SECRET } })).exitCode).toBe(0)
  expect(deployment.account.workers['taxii-edge']?.secrets.KEY_SECRET).toBe(KEY_SECRET)
})

test('keys are given up only when that is said', async () => {
  const { deployment } = await deployedOnce()
  loseWorker(deployment)
  expect((await deployment.run([...YES, '--new-key-secret'])).exitCode).toBe(0)
})

test('an operator token is replaced, or left out, when that is asked', async () => {
  const { deployment } = await deployedOnce()
  const before = { ...deployment.account.workers['taxii-edge']?.secrets }
  const { out } = await deployment.run([...YES, '--new-admin-token', '--json'])
  const { admin_token } = JSON.parse(out)
  const after = deployment.account.workers['taxii-edge']?.secrets
  expect(after).toEqual({ KEY_SECRET: before.KEY_SECRET, ADMIN_TOKEN: admin_token })
  expect(admin_token).not.toBe(before.ADMIN_TOKEN)
  const without = new Deployment()
  const ran = await without.run([...YES, '--no-admin-token'])
  expect([ran.exitCode, ran.out]).toEqual([0, expect.not.stringContaining('Operator token')])
  expect(Object.keys(without.account.workers['taxii-edge']?.secrets ?? {})).toEqual(['KEY_SECRET'])
})

test('a token that the operator gave is not printed', async () => {
  const deployment = new Deployment()
  const ADMIN_TOKEN = 'chosen by the operator, and long enough'
  const { out, err } = await deployment.run(YES, { env: { ADMIN_TOKEN } })
  expect(deployment.account.workers['taxii-edge']?.secrets.ADMIN_TOKEN).toBe(ADMIN_TOKEN)
  expect(out + err + deployment.filesText).not.toContain(ADMIN_TOKEN)
})

test.each([
  ['d1 create', 'You have reached the maximum number of D1 databases', '10 D1 databases'],
  ['d1 list', 'Authentication error [code: 10000]', 'D1: Edit'],
  ['deploy --config', 'must create a namespace … [code: 10097]', 'SQLite storage only'],
  ['deploy --config', 'register a workers.dev subdomain', 'custom domain'],
])('a failure of %s is explained', async (command, says, hint) => {
  const deployment = new Deployment({ failures: [{ command, says }] })
  const { exitCode, err } = await deployment.run(YES)
  expect([exitCode, err]).toEqual([1, expect.stringContaining(hint)])
  expect(err).toContain(says)
})
