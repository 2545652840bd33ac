// `collection create`: a collection, or with --of a view that selects from one.
import type { Command } from 'commander'
import { refuseUsage } from '../../failure.ts'
import { collect, days } from '../../option-values.ts'
import { renderJson } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import type { CollectionState } from '../resources.ts'
import { openSession } from '../session.ts'
import { renderCollection } from './collection-show.ts'

type Options = {
  title: string
  alias?: string
  description?: string
  id?: string
  read: boolean
  writable?: true
  mediaType?: string[]
  retention?: number
  database?: string
  of?: string
  type?: string[]
  subtype?: string[]
}

const EXAMPLES = `
Examples:
  $ npm run cli -- collection create --title "Partner feed" --alias partner --writable
  $ npm run cli -- collection create --title "Partner hashes" --alias partner-hashes \\
      --of partner --subtype file --type identity --type marking-definition`

export function collectionCreate(parent: Command, terminal: Terminal): void {
  parent
    .command('create')
    .description('create a collection, or a view of one')
    .requiredOption('--title <title>', 'title, without . , or |')
    .option('--alias <alias>', 'name for URLs: lower-case letters, digits, - and _')
    .option('--description <text>', 'what it holds')
    .option('--id <uuid>', 'UUIDv4 to use as its id')
    .option('--no-read', 'nobody may read it')
    .option('--writable', 'keys with write:stix may add objects to it')
    .option('--media-type <type>', 'media type it stores (repeatable)', collect)
    .option('--retention <days>', 'object versions go after so many days; default: never', days)
    .option('--database <name>', 'D1 binding to keep it in; default: COLLECTION_DATABASE')
    .option('--of <collection>', 'make a view of this collection')
    .option('--type <type>', 'view: take objects of this STIX type (repeatable)', collect)
    .option(
      '--subtype <type>',
      'view: take indicators about this observable type (repeatable)',
      collect,
    )
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options, command: Command) => {
      checkView(options)
      const { client, isJson } = await openSession(command, terminal)
      const collection = await client.call<CollectionState>({
        method: 'POST',
        path: '/admin/collections/',
        json: requestOf(options),
      })
      terminal.print(isJson ? renderJson(collection) : renderCollection(collection))
    })
}

function checkView(options: Options): void {
  const { of, type, subtype, writable, mediaType, retention } = options
  const isSelecting = type !== undefined || subtype !== undefined
  if (of === undefined && isSelecting) refuseUsage('--type and --subtype go with --of')
  if (of === undefined) return
  if (!isSelecting) refuseUsage('--of goes with --type or --subtype')
  if (writable || mediaType !== undefined || retention !== undefined) {
    refuseUsage(
      'A view is never written to and stores nothing: leave out --writable, --media-type, --retention',
    )
  }
}

function requestOf(options: Options) {
  const { read, writable, mediaType, retention, of, type, subtype, ...same } = options
  return {
    ...same,
    can_read: read,
    can_write: writable,
    media_types: mediaType,
    retention_days: retention,
    view: of === undefined ? undefined : { of, types: type, subtypes: subtype },
  }
}
