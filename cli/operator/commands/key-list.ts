// `key list`: every key, newest first.
import type { Command } from 'commander'
import { renderCount, renderJson, renderTable, renderTime } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import { listKeys } from '../list-keys.ts'
import type { KeyState } from '../resources.ts'
import { openSession } from '../session.ts'

const HEAD = ['ID', 'TIER', 'STATE', 'LABEL', 'OWNER', 'PER MINUTE', 'SCOPES', 'CREATED', 'ENDS']

export function keyList(parent: Command, terminal: Terminal): void {
  parent
    .command('list')
    .description('list all API keys, newest first')
    .action(async (_options: object, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const keys = await listKeys(client)
      terminal.print(isJson ? renderJson({ keys }) : renderKeys(keys))
    })
}

function renderKeys(keys: KeyState[]): string {
  if (keys.length === 0) return 'There are no keys. Create one with: key create --tier <tier>\n'
  const rows = keys.map((key) => [
    key.id,
    key.tier,
    key.state,
    key.label,
    key.owner,
    renderCount(key.per_minute),
    key.scopes.join(' '),
    renderTime(key.created),
    `…${key.last_four}`,
  ])
  return renderTable(HEAD, rows)
}
