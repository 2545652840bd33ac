// `restore`: what a backup holds onto a server that does not have it.
import type { Command } from 'commander'
import { CliFailure, refuseUsage } from '../../failure.ts'
import { collect } from '../../option-values.ts'
import { renderCount, renderJson, renderTable } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import { type Restored, restoreBackup } from '../backup/restore-backup.ts'
import type { RestoredCollection } from '../backup/restore-collection.ts'
import type { DatabaseChoice } from '../backup/restore-plan.ts'
import { openSession } from '../session.ts'

type Options = { database?: string[]; verify?: true }

const REASONS_SHOWN_MAX = 10

const EXAMPLES = `
Collections get their ids, names and dates back, so that clients go on where they were. Keys
work if the server has the KEY_SECRET they were made under; their counters begin anew.
After an interruption the same command goes on where it stopped; what is there already is
left alone. What stands on the server and is something else is never replaced.

Examples:
  $ npm run cli -- restore taxii-edge-2026-01-31T02-00-00Z.ndjson.gz --verify
  $ npm run cli -- restore my-feed.ndjson.gz --database DB_2
  $ npm run cli -- restore all.ndjson.gz --database my-feed=DB_2 --database other=DB_3`

export function restore(program: Command, terminal: Terminal): void {
  program
    .command('restore')
    .description('bring the collections and keys of a backup back')
    .argument('<file>', 'file that backup wrote')
    .option(
      '--database <name>',
      'D1 binding for all collections, or <collection>=<name> for one (repeatable); default: as before',
      collect,
    )
    .option('--verify', 'compare the server with the file afterwards, record by record')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, { database, verify }: Options, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const databases = databaseChoice(database ?? [])
      const startedMs = performance.now()
      const isCompared = verify === true
      const restored = await restoreBackup(client, terminal, { file, databases, isCompared })
      const seconds = (performance.now() - startedMs) / 1000
      terminal.print(
        isJson ? renderJson(summaryOf(restored, seconds)) : renderRestored(restored, seconds),
      )
      failUnlessWhole(restored)
    })
}

function databaseChoice(values: readonly string[]): DatabaseChoice {
  const choice: DatabaseChoice = { all: undefined, each: new Map() }
  for (const value of values) {
    const [, collection, name = ''] = /^(?:([^=]+)=)?([^=]+)$/.exec(value) ?? []
    const isRepeated =
      collection === undefined ? choice.all !== undefined : choice.each.has(collection)
    if (name === '' || isRepeated) {
      refuseUsage(
        '--database takes one name for all collections, and one <collection>=<name> for each',
      )
    }
    if (collection === undefined) choice.all = name
    else choice.each.set(collection, name)
  }
  return choice
}

function summaryOf({ collections, keys, hasSameSecret, comparison }: Restored, seconds: number) {
  return {
    collections,
    keys: keys ?? null,
    has_same_key_secret: hasSameSecret,
    comparison: comparison ?? null,
    seconds: Math.round(seconds * 1000) / 1000,
  }
}

function renderRestored({ collections, keys, comparison }: Restored, seconds: number): string {
  const rows = collections.map((each) => [
    each.alias ?? each.id,
    renderCount(each.records),
    outcomeOf(each),
  ])
  const lines = [
    renderTable(['COLLECTION', 'RECORDS', 'OUTCOME'], rows),
    ...collections.flatMap(renderReasons),
    ...(keys === undefined ? [] : [renderKeys(keys)]),
    `${seconds.toFixed(1)} s\n`,
    ...(comparison === undefined ? [] : [renderComparison(comparison)]),
  ]
  return lines.join('')
}

function outcomeOf({ added, already_there, refused, is_left_alone }: RestoredCollection): string {
  if (is_left_alone) return 'there already, and written to since: left alone'
  return [
    `${renderCount(added)} added`,
    ...(already_there > 0 ? [`${renderCount(already_there)} there already`] : []),
    ...(refused > 0 ? [`${renderCount(refused)} refused`] : []),
  ].join(', ')
}

function renderReasons({ alias, id: collection, reasons, refused }: RestoredCollection): string[] {
  const shown = reasons.slice(0, REASONS_SHOWN_MAX).map(({ index, id, version, message }) => {
    const object = [id, version].filter(Boolean).join(' ')
    return `  ${alias ?? collection} #${index} ${object}: ${message}\n`
  })
  const hidden = refused - shown.length
  return hidden > 0 ? [...shown, `  ... and ${renderCount(hidden)} more refused\n`] : shown
}

function renderKeys(keys: NonNullable<Restored['keys']>): string {
  const { restored, already_there, refused, without_object_name: lost } = keys
  return [
    `${renderCount(restored)} keys restored, ${renderCount(already_there)} there already\n`,
    ...refused.map(({ id, message }) => `  refused ${id}: ${message}\n`),
    ...(lost.length > 0
      ? [`  not restored, since nobody noted their objects' names: ${lost.join(', ')}\n`]
      : []),
  ].join('')
}

function renderComparison({ records, differences }: NonNullable<Restored['comparison']>): string {
  if (differences.length > 0) return differences.map((each) => `DIFFERS  ${each}\n`).join('')
  return `${renderCount(records)} records compared: the server has them all, at the same dates\n`
}

function failUnlessWhole({ collections, keys, comparison }: Restored): void {
  const refused = collections.reduce((sum, each) => sum + each.refused, 0)
  const problems = [
    ...(refused > 0 ? [`${renderCount(refused)} records were refused`] : []),
    ...(keys !== undefined && keys.refused.length > 0
      ? [`${keys.refused.length} keys were refused`]
      : []),
    ...(comparison !== undefined && comparison.differences.length > 0
      ? ['the server differs from the backup']
      : []),
  ]
  if (problems.length > 0) throw new CliFailure(problems.join('; '))
}
