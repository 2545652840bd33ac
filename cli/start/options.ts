// The options of `npm start`.
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { EXIT_USAGE } from '../failure.ts'

export type StartOptions = {
  port: number
  host: string
  data: string
  sample: boolean
  json: boolean
}

export type ParsedStart = { ok: true; options: StartOptions } | { ok: false; exitCode: number }

const PORT_MAX = 65_535

const EXAMPLES = `
Settings such as PUBLIC_ORIGIN or PAGE_LIMIT_MAX are read from environment variables.

Examples:
  $ npm start
  $ npm start -- --port 9000 --data /var/lib/taxii-edge --no-sample
  $ npm start -- --json --port 0        any free port, told on standard output`

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
    .option('--no-sample', 'begin without the sample feed')
    .option('--json', 'print one line of JSON when ready', false)
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

function portNumber(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= PORT_MAX) return Number(text)
  throw new InvalidArgumentError(`Give a port from 0 to ${PORT_MAX}.`)
}
