// The options of `npm start`.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { EXIT_USAGE } from '../failure.ts'
import { collectNetworks } from '../option-values.ts'
import { DATABASES_MAX } from './databases.ts'

export type StartOptions = {
  port: number
  host: string
  data: string
  sample: boolean
  demoKeys: boolean
  json: boolean
  /** Begin empty, log events as JSON, print nothing. */
  service: boolean
  /** Networks of proxies that may say who a client is. */
  trustedProxy: string[]
  /** Seconds that requests under way have when the server ends. */
  drain: number
  envFile?: string
  /** Folder of a Worker that was built ahead; undefined: it is built by the start. */
  worker?: string
  /** Undefined: as many as before. */
  databases?: number
  /** Undefined: the setting of that name decides. */
  requestLog?: 'all' | 'failures' | 'off'
}

export type ParsedStart = { ok: true; options: StartOptions } | { ok: false; exitCode: number }

const PORT_MAX = 65_535

const EXAMPLES = `
Settings such as PUBLIC_ORIGIN or PAGE_LIMIT_MAX are environment variables, as are the secrets
KEY_SECRET and ADMIN_TOKEN, which are made and kept in the data folder where they are not given.

Examples:
  $ npm start
  $ npm start -- --port 9000 --data /var/lib/taxii-edge --no-sample
  $ npm start -- --json --port 0        any free port, told on standard output
  $ node_modules/.bin/node cli/start.ts --service --data /var/lib/taxii-edge --trusted-proxy 127.0.0.1`

/** Help goes to `print`, a usage error in one line to `report`. */
export function parseStartOptions(
  args: string[],
  output: { print: (text: string) => void; report: (text: string) => void },
): ParsedStart {
  const command = new Command('npm start --')
    .description('Runs the server on this machine, with all its state in one folder.')
    .option('--port <n>', 'port to listen on; 0 = any free one', portNumber, 8787)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--data <folder>', 'folder of the state', '.data')
    .option('--databases <n>', 'D1 databases to spread collections over', databaseCount)
    .option('--no-sample', 'begin without the sample feed')
    .option('--no-demo-keys', 'begin without demo keys, and tell none')
    .option('--json', 'print one line of JSON when ready', false)
    .addOption(
      new Option(
        '--service',
        'begin without collections, sample and demo keys; log events as JSON, print no secret',
      )
        .default(false)
        .conflicts('json'),
    )
    .option(
      '--trusted-proxy <network>',
      'proxies whose X-Forwarded-For is believed, in CIDR form; may be repeated',
      collectNetworks,
      [],
    )
    .option('--drain <seconds>', 'time for requests under way when the server ends', seconds, 10)
    .option('--worker <folder>', 'a Worker built by npm run build (default: build it now)')
    .option('--env-file <file>', 'settings and secrets; the environment itself goes before it')
    .addOption(
      new Option(
        '--request-log <which>',
        'requests that leave a line on standard error (default: failures)',
      ).choices(['all', 'failures', 'off']),
    )
    .allowExcessArguments(false)
    .addHelpText('after', EXAMPLES)
    .configureOutput({ writeOut: output.print, writeErr: output.report })
    .exitOverride()
  try {
    command.parse(args, { from: 'user' })
    return { ok: true, options: command.opts<StartOptions>() }
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return { ok: false, exitCode: error.exitCode === 0 ? 0 : EXIT_USAGE }
  }
}

function seconds(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Give whole seconds, up to 9999.')
}

function databaseCount(text: string): number {
  if (/^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= DATABASES_MAX) {
    return Number(text)
  }
  throw new InvalidArgumentError(`Give a number from 1 to ${DATABASES_MAX}.`)
}

function portNumber(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= PORT_MAX) return Number(text)
  throw new InvalidArgumentError(`Give a port from 0 to ${PORT_MAX}.`)
}
