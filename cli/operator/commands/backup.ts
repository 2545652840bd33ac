// `backup`: everything that a server keeps, or some of its collections, into one file; or the check
// of such a file, for which no server is needed.
import type { Command } from 'commander'
import { refuseUsage } from '../../failure.ts'
import { collect } from '../../option-values.ts'
import { renderCount, renderJson, renderProperties, renderTable } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import { type Contents, examineBackup } from '../backup/examine.ts'
import { startProgress } from '../backup/progress.ts'
import { type TakenBackup, takeBackup } from '../backup/take-backup.ts'
import { openSession } from '../session.ts'

type Options = { out?: string; collection?: string[]; verify?: string }

const EXAMPLES = `
The file holds collections with every version and its date, views, and the records of keys
without their tokens. It does not hold KEY_SECRET, without which no key of it will work:
keep that one too. It is as confidential as the collections are.
A path that does not end in .gz is a folder, and is made if it is missing.

Examples:
  $ npm run cli -- backup --out /var/backups/taxii
  $ npm run cli -- backup --collection my-feed --out my-feed.ndjson.gz
  $ npm run cli -- backup --verify my-feed.ndjson.gz`

export function backup(program: Command, terminal: Terminal): void {
  program
    .command('backup')
    .description('write collections and keys into one file, or check such a file')
    .option(
      '--out <path>',
      'file to write (.gz), or folder for a file named by the time (default: .)',
    )
    .option(
      '--collection <id>',
      'only this collection and its views, no keys (repeatable)',
      collect,
    )
    .option('--verify <file>', 'check a file instead, without a server')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options, command: Command) => {
      if (options.verify !== undefined) return await verify(options, command, terminal)
      const { client, isJson } = await openSession(command, terminal)
      const { out = '.', collection: collections } = options
      const taken = await takeBackup(client, terminal, { out, collections })
      warn(terminal, taken)
      terminal.print(isJson ? renderJson(taken) : renderTaken(taken))
    })
}

async function verify(options: Options, command: Command, terminal: Terminal): Promise<void> {
  const { verify: file = '', out, collection } = options
  if (out !== undefined || collection !== undefined) {
    refuseUsage('--verify goes without --out and --collection')
  }
  const progress = startProgress(terminal, 'reading', undefined)
  const contents = await examineBackup(file, progress.add).finally(progress.stop)
  const isJson = command.optsWithGlobals<{ json?: true }>().json === true
  terminal.print(isJson ? renderJson(summaryOf(file, contents)) : renderContents(file, contents))
}

function warn({ report }: Terminal, { collections, keys }: TakenBackup): void {
  for (const { id, alias, has_deletions_meanwhile } of collections) {
    if (!has_deletions_meanwhile) continue
    report(
      `${alias ?? id} was changed or lost objects while it was read: some that are gone may be in the backup.\n`,
    )
  }
  const lost = keys?.without_object_name ?? []
  if (lost.length > 0) {
    report(
      `${lost.length} keys are of a release that did not note the names of their objects, and cannot be restored to another place. Rotate them: ${lost.join(', ')}\n`,
    )
  }
  const unreadable = keys?.unreadable ?? []
  if (unreadable.length > 0) report(`Keys that could not be read: ${unreadable.join(', ')}\n`)
}

function renderTaken({ file, bytes, sha256, collections, keys }: TakenBackup): string {
  const rows = collections.map(({ id, alias, records }) => [alias ?? id, renderCount(records)])
  return [
    renderTable(['COLLECTION', 'RECORDS'], rows),
    '\n',
    renderProperties({
      File: file,
      Bytes: renderCount(bytes),
      'SHA-256 inside': sha256,
      Keys: keys === null ? 'left out' : renderCount(keys.records),
    }),
  ].join('')
}

function summaryOf(file: string, { header, collections, keys, records }: Contents) {
  return {
    file,
    is_whole: true,
    created: header.created,
    server: header.server,
    key_secret_fingerprint: header.key_secret_fingerprint,
    collections: collections.map(({ state, end }) => ({
      id: state.id,
      alias: state.alias,
      title: state.title,
      view_of: state.view_of,
      last_added: state.last_added,
      records: end.records,
      sha256: end.sha256,
      has_deletions_meanwhile: end.revision !== state.revision,
    })),
    records,
    keys: keys === undefined ? null : keys.records,
    keys_without_object_name: keys?.withoutObjectName ?? [],
  }
}

function renderContents(file: string, { header, collections, keys }: Contents): string {
  const rows = collections.map(({ state: { id, alias, last_added }, end }) => [
    alias ?? id,
    renderCount(end.records),
    last_added ?? 'never',
  ])
  return [
    `${file} is whole.\n\n`,
    renderTable(['COLLECTION', 'RECORDS', 'LAST ADDED'], rows),
    '\n',
    renderProperties({
      Created: header.created,
      Server: header.server,
      'Fingerprint of KEY_SECRET': header.key_secret_fingerprint,
      Keys: keys === undefined ? 'left out' : renderCount(keys.records),
    }),
  ].join('')
}
