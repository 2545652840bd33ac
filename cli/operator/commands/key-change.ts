// `key change`: what is not named stays as it is; the change holds from the key's next request on.
import type { Command } from 'commander'
import { collect, collectNetworks, futureTime, wholeNumber } from '../../option-values.ts'
import { renderJson } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import { changesOf } from '../changes.ts'
import { type KeyState, keyPath } from '../resources.ts'
import { openSession } from '../session.ts'
import { renderKey } from './key-show.ts'

type Options = {
  tier?: string
  label?: string
  owner?: string
  scope?: string[]
  collection?: string[]
  perMinute?: number
  perDay?: number
  expires?: string
  network?: string[]
  reset?: string[]
}

/** Options of `--reset` and the properties they give back to the tier, or free of any bound. */
const RESETTABLE: Record<string, string> = {
  scopes: 'scopes',
  collections: 'collections',
  'per-minute': 'per_minute',
  'per-day': 'per_day',
  expires: 'expires',
  networks: 'networks',
}

const EXAMPLES = `
Examples:
  $ npm run cli -- key change key_... --tier pro --per-minute 500
  $ npm run cli -- key change key_... --reset collections --reset expires`

export function keyChange(parent: Command, terminal: Terminal): void {
  parent
    .command('change')
    .description('change what an API key may do')
    .argument('<id>', 'id of the key, as listed')
    .option('--tier <tier>', 'tier that gives the limits and scopes')
    .option('--label <label>', 'what the key is for')
    .option('--owner <owner>', 'who holds it')
    .option('--scope <scope>', 'scope in place of those it had (repeatable)', collect)
    .option('--collection <id>', 'the only collections it may use (repeatable)', collect)
    .option('--per-minute <n>', 'own limit a minute', wholeNumber)
    .option('--per-day <n>', 'own limit a day', wholeNumber)
    .option('--expires <time>', 'timestamp, date, or span such as 90d', futureTime)
    .option('--network <cidr>', 'network it may be used from (repeatable)', collectNetworks)
    .option(
      '--reset <what>',
      `back to what the tier has: ${Object.keys(RESETTABLE).join(', ')} (repeatable)`,
      collect,
    )
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: Options, command: Command) => {
      const json = changed(options)
      const { client, isJson } = await openSession(command, terminal)
      const key = await client.call<KeyState>({ method: 'PATCH', path: keyPath(id), json })
      terminal.print(isJson ? renderJson(key) : renderKey(key))
    })
}

function changed(options: Options): Record<string, unknown> {
  const given = {
    tier: options.tier,
    label: options.label,
    owner: options.owner,
    scopes: options.scope,
    collections: options.collection,
    per_minute: options.perMinute,
    per_day: options.perDay,
    expires: options.expires,
    networks: options.network,
  }
  return changesOf({ given, reset: options.reset, resettable: RESETTABLE })
}
