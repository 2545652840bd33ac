// `doctor`: is the server whole, is the token good, do the clocks agree, what can a key do; and what
// a given client product must enter.
import { type Command, Option } from 'commander'
import { CliFailure, refuseUsage } from '../failure.ts'
import { recipes } from '../recipes.ts'
import { renderJson, renderProperties, renderTable } from '../render.ts'
import type { OperatorHealth } from '../resources.ts'
import { openSession } from '../session.ts'
import { examineKey, readTaxii } from '../taxii-probe.ts'
import type { Terminal } from '../terminal.ts'

export type Finding = { check: string; isGood: boolean; found: string }

type Options = { key?: string; product?: string; collection?: string }

const CLOCK_SKEW_MS_MAX = 5_000

const EXAMPLES = `
Examples:
  $ npm run cli -- doctor
  $ TAXII_EDGE_KEY=... npm run cli -- doctor --product sentinel --collection my-feed`

export function doctor(program: Command, terminal: Terminal): void {
  program
    .command('doctor')
    .description('check the server, the operator token, the clocks and, if given, an API key')
    .addOption(new Option('--key <key>', 'API key to try; prefer TAXII_EDGE_KEY'))
    .addOption(
      new Option('--product <name>', 'print what this client must enter').choices(
        Object.keys(recipes),
      ),
    )
    .option('--collection <id>', 'collection for the product, by id or alias')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const key = options.key ?? terminal.env.TAXII_EDGE_KEY
      const startedAtMs = Date.now()
      const health = await client.call<OperatorHealth>({ path: '/admin/health/' })
      const findings = [
        ...serverFindings(health, startedAtMs, Date.now()),
        await readiness(client.url),
        ...(key === undefined ? [] : await examineKey(client.url, key)),
      ]
      const entries =
        options.product === undefined
          ? undefined
          : await entriesFor(options.product, health.origin, { ...options, client })
      terminal.print(
        isJson ? renderJson({ findings, enter: entries }) : renderFindings(findings, entries),
      )
      if (findings.some(({ isGood }) => !isGood))
        throw new CliFailure('Not everything is in order.')
    })
}

function serverFindings(health: OperatorHealth, sentMs: number, receivedMs: number): Finding[] {
  const skewMs = Math.round(Date.parse(health.time) - (sentMs + receivedMs) / 2)
  return [
    { check: 'server', isGood: true, found: `${health.origin}, tiers ${health.tiers.join(', ')}` },
    { check: 'operator token', isGood: true, found: `that of ${health.operator}` },
    {
      check: 'clock',
      isGood: Math.abs(skewMs) <= CLOCK_SKEW_MS_MAX,
      found: `the server's is ${Math.abs(skewMs)} ms ${skewMs < 0 ? 'behind' : 'ahead of'} ours`,
    },
    { check: 'database', isGood: true, found: `answered in ${health.store.milliseconds} ms` },
  ]
}

async function readiness(url: string): Promise<Finding> {
  const { status } = await readTaxii(`${url}/health/ready`)
  return { check: 'readiness', isGood: status === 200, found: `/health/ready says ${status}` }
}

type EntriesOptions = Options & {
  client: { call: <B extends object>(r: { path: string }) => Promise<B> }
}

async function entriesFor(product: string, origin: string, options: EntriesOptions) {
  const { collections } = await options.client.call<{
    collections: { id: string; alias: string | null; title: string }[]
  }>({ path: '/admin/collections/' })
  const named = options.collection
  const chosen = collections.find(
    ({ id, alias }) => named === undefined || id === named || alias === named,
  )
  if (chosen === undefined) return refuseUsage(`There is no collection ${named ?? 'at all'}`)
  const place = {
    origin,
    apiRoot: `${origin}/api/taxii2/api/`,
    collectionId: chosen.id,
    title: chosen.title,
  }
  return recipes[product]?.(place)
}

function renderFindings(findings: Finding[], entries: Record<string, string> | undefined): string {
  const rows = findings.map(({ check, isGood, found }) => [isGood ? 'ok' : 'BAD', check, found])
  const table = renderTable(['', 'check', 'found'], rows)
  return entries === undefined
    ? table
    : `${table}\nEnter, with the API key for KEY:\n${renderProperties(entries)}`
}
