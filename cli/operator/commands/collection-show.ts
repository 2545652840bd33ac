// `collection show`: one collection or view.
import type { Command } from 'commander'
import { renderJson, renderProperties, renderTime } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import { type CollectionState, collectionPath } from '../resources.ts'
import { openSession } from '../session.ts'

export function collectionShow(parent: Command, terminal: Terminal): void {
  parent
    .command('show')
    .description('show one collection or view')
    .argument('<id>', 'id or alias')
    .action(async (id: string, _options: object, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const collection = await client.call<CollectionState>({ path: collectionPath(id) })
      terminal.print(isJson ? renderJson(collection) : renderCollection(collection))
    })
}

export function renderCollection(collection: CollectionState): string {
  return renderProperties({
    id: collection.id,
    alias: collection.alias,
    title: collection.title,
    description: collection.description,
    'view of': collection.view_of,
    selects: collection.selects?.join(' '),
    access: accessOf(collection),
    'media types': collection.media_types.join(' '),
    'kept for': keptFor(collection),
    database: collection.database,
    created: renderTime(collection.created),
    'last added': collection.last_added === null ? 'never' : renderTime(collection.last_added),
  })
}

/** Of a view, its collection tells. */
function keptFor({ retention_days: days, view_of }: CollectionState): string | null {
  if (view_of !== null) return null
  return days === null ? 'ever' : `${days} day${days === 1 ? '' : 's'}`
}

export function accessOf({ can_read, can_write }: CollectionState): string {
  const rights = [...(can_read ? ['read'] : []), ...(can_write ? ['write'] : [])]
  return rights.join(', ') || 'none'
}
