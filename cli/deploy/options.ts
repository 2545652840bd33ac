// The options of `npm run deploy`.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { EXIT_USAGE } from '../failure.ts'

export const ENVIRONMENTS = ['production', 'staging'] as const

export type Environment = (typeof ENVIRONMENTS)[number]

export type DeployOptions = {
  env: Environment
  dryRun: boolean
  json: boolean
  yes: boolean
  /** Seconds that the new Worker has to become ready. */
  wait: number
  /** False: without an operator token, where operators have tokens of their own. */
  adminToken: boolean
  newAdminToken: boolean
  newKeySecret: boolean
  allowNewerSchema: boolean
}

export type ParsedDeploy = { ok: true; options: DeployOptions } | { ok: false; exitCode: number }

const NOT_ASKED_FOR = {
  dryRun: false,
  json: false,
  yes: false,
  newAdminToken: false,
  newKeySecret: false,
  allowNewerSchema: false,
}
const WAIT_SECONDS = 180
const WAIT_SECONDS_MAX = 3_600

const EXAMPLES = `
It needs a Cloudflare login (npx wrangler login, or CLOUDFLARE_API_TOKEN), but for a dry run. What
is there already stays: run again, it goes on where it stopped. KEY_SECRET and ADMIN_TOKEN are made
at random, or taken from the environment variables of these names. docs/deploying.md tells the rest.

Examples:
  $ npm run deploy -- --dry-run
  $ npm run deploy -- --env staging
  $ npm run -s deploy -- --yes --json`

/** Help goes to `print`, a usage error in one line to `report`. */
export function parseDeployOptions(
  args: string[],
  output: { print: (text: string) => void; report: (text: string) => void },
): ParsedDeploy {
  const command = new Command('npm run deploy --')
    .description('Deploys to Cloudflare: databases, migrations, secrets, the Worker.')
    .addOption(
      new Option('--env <name>', 'which service').choices(ENVIRONMENTS).default('production'),
    )
    .option('--dry-run', 'check and build only; no login, no network')
    .option('--json', 'print one line of JSON when done')
    .option('--yes', 'do not ask before anything is changed')
    .option('--wait <seconds>', 'time to become ready', waitSeconds, WAIT_SECONDS)
    .option('--no-admin-token', 'make no ADMIN_TOKEN: operators have tokens of their own')
    .option('--new-admin-token', 'replace ADMIN_TOKEN, e.g. when it was lost')
    .option('--new-key-secret', 'make a KEY_SECRET although keys were given out: they end')
    .option('--allow-newer-schema', 'go on with databases that a newer release migrated')
    .allowExcessArguments(false)
    .addHelpText('after', EXAMPLES)
    .configureOutput({ writeOut: output.print, writeErr: output.report })
    .exitOverride()
  try {
    command.parse(args, { from: 'user' })
    return { ok: true, options: { ...NOT_ASKED_FOR, ...command.opts<DeployOptions>() } }
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return { ok: false, exitCode: error.exitCode === 0 ? 0 : EXIT_USAGE }
  }
}

function waitSeconds(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) <= WAIT_SECONDS_MAX) return Number(text)
  throw new InvalidArgumentError(`Give seconds from 0 to ${WAIT_SECONDS_MAX}.`)
}
