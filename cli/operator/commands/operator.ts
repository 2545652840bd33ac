// `operator create|list|revoke`: a token for each person or program that operates the server.
import type { Command } from 'commander'
import { renderJson, renderProperties, renderTable, renderTime } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import type { OperatorState } from '../resources.ts'
import { openSession } from '../session.ts'

const PATH = '/admin/operators/'
const HEAD = ['ID', 'NAME', 'CREATED', 'ENDS']

const EXAMPLES = `
Example:
  $ npm run cli -- operator create alice@example.org`

export function operatorCreate(parent: Command, terminal: Terminal): void {
  parent
    .command('create')
    .description('create an operator token; it is shown this once')
    .argument('<name>', 'by which the audit log speaks of its holder: letters, digits and . @ _ -')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, _options: object, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const issued = await client.call<OperatorState & { token: string }>({
        method: 'POST',
        path: PATH,
        json: { name },
      })
      const shown = renderProperties({ id: issued.id, name: issued.name })
      terminal.print(
        isJson
          ? renderJson(issued)
          : `${shown}\n${issued.token}\n\nKeep it now: it is stored nowhere and cannot be shown again.\n`,
      )
    })
}

export function operatorList(parent: Command, terminal: Terminal): void {
  parent
    .command('list')
    .description('list the operators')
    .action(async (_options: object, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const { operators } = await client.call<{ operators: OperatorState[] }>({ path: PATH })
      if (isJson) return terminal.print(renderJson({ operators }))
      const rows = operators.map(({ id, name, last_four: end, created }) => [
        id,
        name,
        renderTime(created),
        `…${end}`,
      ])
      const none = 'There are none besides ADMIN_TOKEN. Create one with: operator create <name>\n'
      terminal.print(rows.length === 0 ? none : renderTable(HEAD, rows))
    })
}

export function operatorRevoke(parent: Command, terminal: Terminal): void {
  parent
    .command('revoke')
    .description('end an operator token, from its next request on')
    .argument('<id>', 'id of the operator, as listed')
    .action(async (id: string, _options: object, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const path = `${PATH}${encodeURIComponent(id)}/revoke/`
      const revoked = await client.call<{ id: string }>({ method: 'POST', path })
      terminal.print(isJson ? renderJson(revoked) : `Revoked ${revoked.id}.\n`)
    })
}
