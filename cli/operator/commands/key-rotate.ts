// `key rotate`: a new key with the same grants; the old one ends now or after an overlap.
import type { Command } from 'commander'
import { span } from '../../option-values.ts'
import { renderJson } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import { type IssuedKey, keyPath } from '../resources.ts'
import { openSession } from '../session.ts'
import { renderIssuedKey } from './key-create.ts'

const EXAMPLES = `
Example:
  $ npm run cli -- key rotate key_... --overlap 7d    both keys are good for a week`

export function keyRotate(parent: Command, terminal: Terminal): void {
  parent
    .command('rotate')
    .description('replace an API key by a new one with the same grants')
    .argument('<id>', 'id of the key, as listed')
    .option('--overlap <span>', 'how long the old key stays good: 7d, 12h, 30m', span, 0)
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: { overlap: number }, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const issued = await client.call<IssuedKey>({
        method: 'POST',
        path: `${keyPath(id)}rotate/`,
        json: { overlap_seconds: options.overlap },
      })
      terminal.print(isJson ? renderJson(issued) : renderIssuedKey(issued))
    })
}
