// Which address a deployment tells of for what: operators may have a host of their own, and clients
// are sent to the one that discovery names.
import { expect, test } from 'vitest'
import { Deployment } from './support/deployment.ts'

const NAME = 'taxii-admin'

/** As docs/gateway.md has it: a part of a shared host for clients, a host for operators. */
const BESIDE_AN_API = `
name = "${NAME}"
workers_dev = false
routes = [
  { pattern = "api.example.org/taxii2/*", zone_name = "example.org" },
  { pattern = "api.example.org/api/taxii2/*", zone_name = "example.org" },
  { pattern = "${NAME}.example.org", custom_domain = true },
]
`
const ORIGIN = `
[vars]
PUBLIC_ORIGIN = "https://api.example.org"
`

async function deployed(own: string, args: string[] = []) {
  const deployment = new Deployment()
  deployment.write('deploy.production.toml', own)
  const ran = await deployment.run(['--yes', ...args])
  expect([ran.exitCode, ran.err]).toEqual([0, expect.not.stringContaining('ERROR')])
  return ran
}

test('clients are shown the origin that is handed out, operators their own host', async () => {
  const { out, err } = await deployed(BESIDE_AN_API + ORIGIN)
  expect(err).toContain(`Waiting for https://${NAME}.example.org/health/ready\n`)
  expect(out).toContain(`taxii-edge is ready on https://${NAME}.example.org\n`)
  expect(out).toContain(`TAXII_EDGE_URL=https://${NAME}.example.org `)
  expect(out).toMatch(/TAXII discovery +https:\/\/api\.example\.org\/taxii2\/\n/)
  expect(out).toMatch(/curl .*"https:\/\/api\.example\.org\/api\/taxii2\/api\/collections\//)
  expect(out).toMatch(new RegExp(`API document +https://${NAME}\\.example\\.org/docs\n`))
})

test('of two custom domains the first is that of operators', async () => {
  const hosts = ['taxii-admin', 'taxii'].map(
    (name) => `{ pattern = "${name}.example.org", custom_domain = true }`,
  )
  const { out } = await deployed(
    `name = "${NAME}"\nworkers_dev = false\nroutes = [${hosts}]\n${ORIGIN}`,
    ['--json'],
  )
  expect(JSON.parse(out).url).toBe('https://taxii-admin.example.org')
})

test('a program is told both', async () => {
  const { out } = await deployed(BESIDE_AN_API + ORIGIN, ['--json'])
  expect(JSON.parse(out)).toMatchObject({
    url: `https://${NAME}.example.org`,
    public_origin: 'https://api.example.org',
  })
})

test('without PUBLIC_ORIGIN both are the host that was asked', async () => {
  const { out } = await deployed(BESIDE_AN_API, ['--json'])
  const host = `https://${NAME}.example.org`
  expect(JSON.parse(out)).toMatchObject({ url: host, public_origin: host })
})
