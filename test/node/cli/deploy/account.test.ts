// Which account a deployment goes to, and what is said when that is not certain.
import { expect, test } from 'vitest'
import { ACCOUNT_ID } from './support/account.ts'
import { Deployment } from './support/deployment.ts'

const OTHER_ID = 'b'.repeat(32)
const TWO = [
  { id: ACCOUNT_ID, name: 'Example' },
  { id: OTHER_ID, name: 'Other' },
]

test('says how to log in', async () => {
  const deployment = new Deployment({ loggedIn: false })
  const { exitCode, err } = await deployment.run(['--yes'])
  expect(exitCode).toBe(1)
  expect(err).toContain('Not logged in to Cloudflare. Log in with `npx wrangler login`')
  expect(err).toContain('CLOUDFLARE_API_TOKEN')
  expect(deployment.takeCommands()).toEqual(['deploy --dry-run', 'whoami'])
})

test('asks which of several accounts is meant, and remembers it', async () => {
  const deployment = new Deployment({ accounts: TWO })
  const { exitCode, err } = await deployment.run(['--yes'])
  expect(exitCode).toBe(1)
  expect(err).toContain('several accounts. Set CLOUDFLARE_ACCOUNT_ID')
  for (const { id, name } of TWO) expect(err).toContain(`${id}  ${name}`)
  expect(deployment.account.databases).toEqual([])
  const env = { CLOUDFLARE_ACCOUNT_ID: OTHER_ID }
  expect((await deployment.run(['--yes'], { env })).exitCode).toBe(0)
  expect(deployment.made().account_id).toBe(OTHER_ID)
  expect((await deployment.run(['--yes'])).exitCode).toBe(0)
})

test('does not deploy to another account than before', async () => {
  const deployment = new Deployment({ accounts: TWO })
  await deployment.run(['--yes'], { env: { CLOUDFLARE_ACCOUNT_ID: OTHER_ID } })
  deployment.takeCommands()
  const env = { CLOUDFLARE_ACCOUNT_ID: ACCOUNT_ID }
  const { exitCode, err } = await deployment.run(['--yes'], { env })
  expect([exitCode, err]).toEqual([1, expect.stringContaining('Deploy with the one that is meant')])
  expect(deployment.takeCommands()).toEqual(['deploy --dry-run'])
})

test('says that the login has no such account', async () => {
  const deployment = new Deployment()
  deployment.write('deploy.production.toml', `account_id = "${OTHER_ID}"`)
  const { exitCode, err } = await deployment.run(['--yes'])
  expect([exitCode, err]).toEqual([
    1,
    expect.stringContaining(`The login of erin@example.org has no account ${OTHER_ID}`),
  ])
})

test('takes the account it is told where a narrow token may list none', async () => {
  const deployment = new Deployment()
  const refused = { command: 'whoami', says: 'Authentication error [code: 10000]' }
  deployment.account.failures.push(refused)
  const env = { CLOUDFLARE_ACCOUNT_ID: ACCOUNT_ID }
  expect((await deployment.run(['--yes'], { env })).exitCode).toBe(0)
  deployment.account.failures.push(refused)
  expect((await new Deployment({ failures: [refused] }).run(['--yes'])).err).toContain(
    'The login lacks a permission.',
  )
})

test('withholds from wrangler what would change where it deploys', async () => {
  const deployment = new Deployment()
  const env = { CLOUDFLARE_ENV: 'elsewhere' }
  expect((await deployment.run(['--yes'], { env })).exitCode).toBe(0)
})
