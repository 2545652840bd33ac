// `collection list`: all collections and views.
import type { Command } from 'commander'
import { renderJson, renderTable, renderTime } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import type { CollectionState } from '../resources.ts'
import { openSession } from '../session.ts'
import { accessOf } from './collection-show.ts'

const HEAD = ['ID', 'ALIAS', 'TITLE', 'VIEW OF', 'ACCESS', 'DATABASE', 'LAST ADDED']

export function collectionList(parent: Command, terminal: Terminal): void {
  parent
    .command('list')
    .description('list all collections and views')
    .action(async (_options: object, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const answer = await client.call<{ collections: CollectionState[] }>({
        path: '/admin/collections/',
      })
      terminal.print(isJson ? renderJson(answer) : renderCollections(answer.collections))
    })
}

function renderCollections(collections: CollectionState[]): string {
  if (collections.length === 0) {
    return 'There are no collections. Create one with: collection create --title <title>\n'
  }
  const rows = collections.map((each) => [
    each.id,
    each.alias ?? '',
    each.title,
    parentName(each, collections),
    accessOf(each),
    each.database,
    each.last_added === null ? 'never' : renderTime(each.last_added),
  ])
  return renderTable(HEAD, rows)
}

function parentName({ view_of }: CollectionState, all: CollectionState[]): string {
  return all.find(({ id }) => id === view_of)?.alias ?? view_of ?? ''
}
