// `doctor`: is the server whole, is the token good, do the clocks agree, what can a key do; and what
// a given client product must enter.
import { type Command, Option } from 'commander'
import { API_ROOT_PATH } from '../../../src/taxii/paths.ts'
import { CliFailure } from '../../failure.ts'
import { RELEASE } from '../../release.ts'
import { renderBytes, renderJson, renderProperties, renderTable, renderTime } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import type { AdminClient } from '../admin-client.ts'
import { type Place, recipes } from '../recipes.ts'
import type { CollectionState, HousekeepingRun, OperatorHealth } from '../resources.ts'
import { checkHeaderValue, openSession } from '../session.ts'
import { examineKey, type Finding, readTaxii } from '../taxii-probe.ts'
import { problemOf } from './housekeeping.ts'

type Options = { key?: string; product?: string; collection?: string }

const CLOCK_SKEW_MS_MAX = 5_000

const EXAMPLES = `
Trying a key costs it at most three requests and two pages.

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
      const key = (options.key ?? terminal.env.TAXII_EDGE_KEY)?.trim() || undefined
      if (key !== undefined) checkHeaderValue('API key', key)
      const startedAtMs = Date.now()
      const health = await client.call<OperatorHealth>({ path: '/admin/health/' })
      const receivedAtMs = Date.now()
      const { product, collection } = options
      const examined = key === undefined ? undefined : await examineKey(client.url, key, collection)
      const findings = [
        ...serverFindings(client.url, health, startedAtMs, receivedAtMs),
        await readiness(client.url),
        await housekeeping(client),
        ...(examined?.findings ?? []),
      ]
      const enter =
        product === undefined
          ? undefined
          : recipes[product]?.(
              placeOf(
                health.origin,
                examined?.collections.length ? examined.collections : await listAll(client),
                collection,
              ),
            )
      terminal.print(isJson ? renderJson({ findings, enter }) : renderFindings(findings, enter))
      const bad = findings.filter(({ isGood }) => !isGood).length
      if (bad > 0) throw new CliFailure(`${bad} of ${findings.length} checks failed`)
    })
}

function serverFindings(
  url: string,
  health: OperatorHealth,
  sentMs: number,
  receivedMs: number,
): Finding[] {
  const skewMs = Math.round(Date.parse(health.time) - (sentMs + receivedMs) / 2)
  const isElsewhere = new URL(url).origin !== new URL(health.origin).origin
  return [
    { check: 'server', isGood: true, found: `${url}, tiers ${health.tiers.join(', ')}` },
    { check: 'release', isGood: true, found: releaseFound(health.release) },
    ...(isElsewhere
      ? [{ check: 'origin', isGood: true, found: `clients are sent to ${health.origin}` }]
      : []),
    { check: 'operator token', isGood: true, found: `that of ${health.operator}` },
    {
      check: 'clock',
      isGood: Math.abs(skewMs) <= CLOCK_SKEW_MS_MAX,
      found: `the server's is ${Math.abs(skewMs)} ms ${skewMs < 0 ? 'behind' : 'ahead of'} ours`,
    },
    ...health.databases.map(databaseFinding),
  ]
}

/** For a while they may differ: a service is upgraded before or after who looks after it. */
function releaseFound(release: string | undefined): string {
  if (release === RELEASE) return release
  return `${release ?? 'not told by the server'}; this command line is ${RELEASE}`
}

/** D1 takes no more than this; an embedded database has the disk. */
const DATABASE_BYTES_MAX = 10_000_000_000
const FULL_FROM = 0.9

/** Bad in time to make another database. */
function databaseFinding(database: OperatorHealth['databases'][number]): Finding {
  const { name, bytes, collections, milliseconds } = database
  const share = Math.round((bytes / DATABASE_BYTES_MAX) * 100)
  const size = `${renderBytes(bytes)}${share >= 1 ? ` (${share} % of D1's 10 GB)` : ''}`
  const many = `${collections} collection${collections === 1 ? '' : 's'}`
  return {
    check: `database ${name}`,
    isGood: bytes < DATABASE_BYTES_MAX * FULL_FROM,
    found: `${many}, ${size}, answered in ${milliseconds} ms`,
  }
}

async function housekeeping(client: AdminClient): Promise<Finding> {
  const path = '/admin/housekeeping/'
  const [last] = (await client.call<{ runs: HousekeepingRun[] }>({ path })).runs
  if (last === undefined) return { check: 'housekeeping', isGood: true, found: 'not yet' }
  const problem = problemOf(last)
  const outcome = problem ?? (last.more_left ? 'more is left' : 'nothing is left')
  const found = `last at ${renderTime(last.at)}, ${outcome}`
  return { check: 'housekeeping', isGood: problem === undefined, found }
}

async function readiness(url: string): Promise<Finding> {
  const { status } = await readTaxii(`${url}/health/ready`)
  return { check: 'readiness', isGood: status === 200, found: `/health/ready says ${status}` }
}

type Named = { id: string; alias?: string | null; title: string }

async function listAll(client: AdminClient): Promise<Named[]> {
  const path = '/admin/collections/'
  return (await client.call<{ collections: CollectionState[] }>({ path })).collections
}

/** The collection that was named, or else the first. */
function placeOf(origin: string, collections: Named[], named: string | undefined): Place {
  const chosen = collections.find(
    ({ id, alias }) => named === undefined || id === named || alias === named,
  )
  if (chosen === undefined) {
    throw new CliFailure(
      named === undefined
        ? 'There is no collection'
        : `Nothing is known here of a collection ${named}`,
    )
  }
  const apiRoot = `${origin}${API_ROOT_PATH}`
  return { origin, apiRoot, collectionId: chosen.id, title: chosen.title }
}

function renderFindings(findings: Finding[], enter: Record<string, string> | undefined): string {
  const rows = findings.map(({ check, isGood, found }) => [isGood ? 'ok' : 'FAILED', check, found])
  const table = renderTable(['STATE', 'CHECK', 'FOUND'], rows)
  return enter === undefined
    ? table
    : `${table}\nEnter, with the API key for KEY:\n${renderProperties(enter)}`
}
