// `key revoke`: from the next request on, the key is refused everywhere.
import type { Command } from 'commander'
import { renderJson } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import { type KeyState, keyPath } from '../resources.ts'
import { openSession } from '../session.ts'

export function keyRevoke(parent: Command, terminal: Terminal): void {
  parent
    .command('revoke')
    .description('end an API key for good, from its next request on')
    .argument('<id>', 'id of the key, as listed')
    .action(async (id: string, _options: object, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const key = await client.call<KeyState>({ method: 'POST', path: `${keyPath(id)}revoke/` })
      terminal.print(isJson ? renderJson(key) : `Revoked ${key.id}.\n`)
    })
}
