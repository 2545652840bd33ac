// Arguments in, exit status out: 0 done, 1 failed, 2 not understood.
import { Command, CommanderError } from 'commander'
import { CliFailure, EXIT_FAILED, EXIT_USAGE } from '../failure.ts'
import { RELEASE } from '../release.ts'
import type { Terminal } from '../terminal.ts'
import { audit } from './commands/audit.ts'
import { backup } from './commands/backup.ts'
import { collectionChange } from './commands/collection-change.ts'
import { collectionCreate } from './commands/collection-create.ts'
import { collectionDelete } from './commands/collection-delete.ts'
import { collectionList } from './commands/collection-list.ts'
import { collectionShow } from './commands/collection-show.ts'
import { completion } from './commands/completion.ts'
import { doctor } from './commands/doctor.ts'
import { housekeepingList, housekeepingRun } from './commands/housekeeping.ts'
import { importCommand } from './commands/import.ts'
import { keyChange } from './commands/key-change.ts'
import { keyCreate } from './commands/key-create.ts'
import { keyList } from './commands/key-list.ts'
import { keyRevoke } from './commands/key-revoke.ts'
import { keyRotate } from './commands/key-rotate.ts'
import { keyShow } from './commands/key-show.ts'
import { operatorCreate, operatorList, operatorRevoke } from './commands/operator.ts'
import { restore } from './commands/restore.ts'
import { usage } from './commands/usage.ts'
import { addSharedOptions } from './session.ts'

export async function runCli(args: string[], terminal: Terminal): Promise<number> {
  try {
    await makeProgram(terminal).parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    return exitCodeOf(error, terminal)
  }
}

const EXAMPLES = `
Examples:
  $ export TAXII_EDGE_URL=https://taxii.example.org TAXII_EDGE_TOKEN=...
  $ npm run cli -- collection create --title "Partner feed" --alias partner --writable
  $ npm run cli -- import partner.json.gz --collection partner
  $ npm run cli -- key create --tier pro --label "SIEM" --collection partner
  $ npm run -s cli -- key list --json

A program that reads the output runs npm with -s, which keeps npm's own lines out of it.`

function makeProgram(terminal: Terminal): Command {
  const program = new Command('taxii-edge')
  // Before any command is added: they inherit these settings.
  program
    .exitOverride()
    .configureOutput({ writeOut: terminal.print, writeErr: terminal.report })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(--help tells more)')
  addSharedOptions(program)
    .version(RELEASE, '--version', 'tell the release of this command line')
    .description('Manages the collections and API keys of a taxii-edge server.')
    .addHelpText('after', EXAMPLES)
  const key = program.command('key').description('manage API keys')
  const collection = program.command('collection').description('manage collections and views')
  const operator = program.command('operator').description('manage operator tokens')
  for (const add of [keyCreate, keyList, keyShow, keyChange, keyRevoke, keyRotate]) {
    add(key, terminal)
  }
  for (const add of [operatorCreate, operatorList, operatorRevoke]) add(operator, terminal)
  for (const add of [
    collectionCreate,
    collectionList,
    collectionShow,
    collectionChange,
    collectionDelete,
  ]) {
    add(collection, terminal)
  }
  const housekeeping = program
    .command('housekeeping')
    .description('see what is removed when its time is over')
  for (const add of [housekeepingList, housekeepingRun]) add(housekeeping, terminal)
  for (const add of [importCommand, backup, restore, usage, audit, doctor, completion]) {
    add(program, terminal)
  }
  return program
}

/** Commander has told its own errors by the time it throws them. */
function exitCodeOf(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE
  if (error instanceof CliFailure) {
    terminal.report(`${error.message}\n`)
    return error.exitCode
  }
  terminal.report(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return EXIT_FAILED
}
