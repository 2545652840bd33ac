// `key create`: the only command, with `key rotate`, that ever shows a whole key.
import type { Command } from 'commander'
import { collect, collectNetworks, futureTime, wholeNumber } from '../../option-values.ts'
import { renderJson } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import type { IssuedKey } from '../resources.ts'
import { openSession } from '../session.ts'
import { renderKey } from './key-show.ts'

type Options = {
  tier: string
  label?: string
  owner?: string
  scope?: string[]
  collection?: string[]
  perMinute?: number
  perDay?: number
  expires?: string
  network?: string[]
}

const EXAMPLES = `
Examples:
  $ npm run cli -- key create --tier pro --label "SIEM" --owner "Example Ltd"
  $ npm run cli -- key create --tier pro --scope read:stix --scope write:stix --expires 90d
  $ npm run cli -- key create --tier free --collection soc-defenders-network --network 192.0.2.0/24`

export function keyCreate(parent: Command, terminal: Terminal): void {
  parent
    .command('create')
    .description('create an API key; it is shown this once')
    .requiredOption('--tier <tier>', 'tier that gives the limits and scopes')
    .option('--label <label>', 'what the key is for')
    .option('--owner <owner>', 'who holds it')
    .option('--scope <scope>', 'scope in place of those of the tier (repeatable)', collect)
    .option(
      '--collection <id>',
      'id or alias of the only collections it may use (repeatable)',
      collect,
    )
    .option('--per-minute <n>', 'own limit a minute', wholeNumber)
    .option('--per-day <n>', 'own limit a day', wholeNumber)
    .option('--expires <time>', 'timestamp, date, or span such as 90d', futureTime)
    .option('--network <cidr>', 'network it may be used from (repeatable)', collectNetworks)
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const { scope, collection, perMinute, perDay, network, ...same } = options
      const issued = await client.call<IssuedKey>({
        method: 'POST',
        path: '/admin/keys/',
        json: {
          tier: same.tier,
          label: same.label,
          owner: same.owner,
          scopes: scope,
          collections: collection,
          per_minute: perMinute,
          per_day: perDay,
          expires: same.expires,
          networks: network,
        },
      })
      terminal.print(isJson ? renderJson(issued) : renderIssuedKey(issued))
    })
}

export function renderIssuedKey(issued: IssuedKey): string {
  return `${renderKey(issued)}\n${issued.key}\n\nKeep it now: it is stored nowhere and cannot be shown again.\n`
}
