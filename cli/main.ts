// The operator's command line: `npm run cli -- <command>`. It does nothing that the operator's API
// could not do for anyone else.
import { EXIT_FAILED } from './failure.ts'
import { runCli } from './operator/command-line.ts'
import { processTerminal } from './terminal.ts'

// A reader that went away (`| head`) is no failure of ours.
process.stdout.on('error', () => process.exit(EXIT_FAILED))

process.exitCode = await runCli(process.argv.slice(2), processTerminal())
