// `key show`: one key, without the key itself.
import type { Command } from 'commander'
import { renderCount, renderJson, renderProperties, renderTime } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import { type KeyState, keyPath } from '../resources.ts'
import { openSession } from '../session.ts'

export function keyShow(parent: Command, terminal: Terminal): void {
  parent
    .command('show')
    .description('show one API key, without the key itself')
    .argument('<id>', 'id of the key, as listed')
    .action(async (id: string, _options: object, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const key = await client.call<KeyState>({ path: keyPath(id) })
      terminal.print(isJson ? renderJson(key) : renderKey(key))
    })
}

export function renderKey(key: KeyState): string {
  return renderProperties({
    id: key.id,
    label: key.label,
    owner: key.owner,
    tier: key.tier,
    state: key.state,
    scopes: key.scopes.join(' '),
    collections: key.collections?.join(' ') ?? 'all',
    limits: `${renderCount(key.per_minute)} a minute, ${renderCount(key.per_day)} a day`,
    networks: key.networks?.join(' '),
    created: renderTime(key.created),
    expires: key.expires === null ? undefined : renderTime(key.expires),
    'ends with': key.last_four,
  })
}
