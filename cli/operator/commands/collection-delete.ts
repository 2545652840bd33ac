// `collection delete`: with everything in it, so only after the name was given twice or --yes.
import type { Command } from 'commander'
import { CliFailure, refuseUsage } from '../../failure.ts'
import { renderJson } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import { type CollectionState, collectionPath } from '../resources.ts'
import { openSession } from '../session.ts'

export function collectionDelete(parent: Command, terminal: Terminal): void {
  parent
    .command('delete')
    .description('delete a collection with all its objects, or a view')
    .argument('<id>', 'id or alias')
    .option('--yes', 'do not ask')
    .action(async (id: string, options: { yes?: true }, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const collection = await client.call<CollectionState>({ path: collectionPath(id) })
      if (!options.yes) await confirm(collection, terminal)
      const deleted = await client.call({
        method: 'DELETE',
        path: `${collectionPath(collection.id)}?confirm=${encodeURIComponent(collection.id)}`,
      })
      terminal.print(isJson ? renderJson(deleted) : `Deleted ${nameOf(collection)}.\n`)
    })
}

async function confirm(collection: CollectionState, { ask }: Terminal): Promise<void> {
  if (ask === undefined) return refuseUsage('Nobody can be asked here: give --yes to delete')
  const name = nameOf(collection)
  const what = collection.view_of === null ? 'all its objects' : 'nothing of its collection'
  const typed = await ask(`This deletes "${collection.title}" and ${what}. Type ${name} to go on: `)
  if (typed.trim() !== name) throw new CliFailure('Nothing was deleted.')
}

function nameOf({ alias, id }: CollectionState): string {
  return alias ?? id
}
