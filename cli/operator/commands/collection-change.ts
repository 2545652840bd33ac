// `collection change`: what is not named stays as it is.
import type { Command } from 'commander'
import { collect, days } from '../../option-values.ts'
import { renderJson } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import { changesOf } from '../changes.ts'
import { type CollectionState, collectionPath } from '../resources.ts'
import { openSession } from '../session.ts'
import { renderCollection } from './collection-show.ts'

type Options = {
  title?: string
  alias?: string
  description?: string
  readable?: boolean
  writable?: boolean
  retention?: number
  reset?: string[]
}

/** Options of `--reset` and the properties they take away. */
const RESETTABLE: Record<string, string> = {
  alias: 'alias',
  description: 'description',
  retention: 'retention_days',
}

const EXAMPLES = `
Examples:
  $ npm run cli -- collection change partner --title "Partner feed 2" --no-writable
  $ npm run cli -- collection change partner --retention 365
  $ npm run cli -- collection change partner --reset retention`

export function collectionChange(parent: Command, terminal: Terminal): void {
  parent
    .command('change')
    .description('change names, permissions or retention of a collection or view')
    .argument('<id>', 'id or alias')
    .option('--title <title>', 'title, without . , or |')
    .option('--alias <alias>', 'name for URLs; the old one is free at once')
    .option('--description <text>', 'what it holds')
    .option('--readable', 'keys may read it')
    .option('--no-readable', 'nobody may read it')
    .option('--writable', 'keys with write:stix may add objects to it')
    .option('--no-writable', 'only imports add objects to it')
    .option('--retention <days>', 'object versions go after so many days', days)
    .option(
      '--reset <what>',
      `take away: ${Object.keys(RESETTABLE).join(', ')} (repeatable)`,
      collect,
    )
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: Options, command: Command) => {
      const json = changed(options)
      const { client, isJson } = await openSession(command, terminal)
      const path = collectionPath(id)
      const collection = await client.call<CollectionState>({ method: 'PATCH', path, json })
      terminal.print(isJson ? renderJson(collection) : renderCollection(collection))
      if (options.retention !== undefined) terminal.report(warningOf(options.retention))
    })
}

function warningOf(retention: number): string {
  const before = new Date(Date.now() - retention * 86_400_000).toISOString().slice(0, 10)
  return `What was added before ${before} goes with the next housekeeping.\n`
}

function changed(options: Options): Record<string, unknown> {
  const given = {
    title: options.title,
    alias: options.alias,
    description: options.description,
    can_read: options.readable,
    can_write: options.writable,
    retention_days: options.retention,
  }
  return changesOf({ given, reset: options.reset, resettable: RESETTABLE })
}
