// `import`: objects from a file of any size into a collection.
import type { Command } from 'commander'
import { CliFailure, EXIT_FAILED } from '../../failure.ts'
import { renderCount, renderJson } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import { type ImportResult, importFile } from '../import/import-file.ts'
import type { RefusedObject } from '../resources.ts'
import { openSession } from '../session.ts'

const REASONS_SHOWN_MAX = 10

const EXAMPLES = `
The file is a STIX bundle, a TAXII envelope, a JSON array, or NDJSON; gzip is unpacked.
Objects are stored as the text they come in. What is stored already is left alone, so an
import can be repeated; after a kill the same command goes on where it stopped.

With --with-dates the file has a record a line, in the order of the dates, and the collection
must never have had objects: {"date_added":"2025-05-01T10:00:00.123456Z","object":{...}}
Dates go to the next whole millisecond that is free, so that clients can go on from the
positions they had on another server.

Examples:
  $ npm run cli -- import bundle.json --collection soc-defenders-all
  $ npm run cli -- import feed.ndjson.gz --collection partner --refused refused.ndjson
  $ zcat feed.gz | npm run -s cli -- import - --collection partner --json`

export function importCommand(parent: Command, terminal: Terminal): void {
  parent
    .command('import')
    .description('import STIX objects from a file into a collection')
    .argument('<file>', 'file to read, or - for standard input')
    .requiredOption('--collection <id>', 'id or alias of the collection')
    .option('--refused <file>', 'write every refused object with its reason here, as NDJSON')
    .option('--with-dates', 'the file holds records with date_added, which are kept; see below')
    .option('--restart', 'begin at the start of the file, whatever an earlier run has done')
    .addHelpText('after', EXAMPLES)
    .action(
      async (
        file: string,
        options: { collection: string; refused?: string; restart?: true; withDates?: true },
        command: Command,
      ) => {
        const { client, isJson } = await openSession(command, terminal)
        const result = await importFile(client, terminal, {
          file,
          collection: options.collection,
          refusedFile: options.refused,
          isRestart: options.restart === true,
          hasDates: options.withDates === true,
        })
        terminal.print(isJson ? renderJson(summaryOf(result)) : renderResult(result))
        failUnlessWhole(result)
      },
    )
}

function summaryOf({ tally, reasons, ...result }: ImportResult) {
  return {
    collection: result.collectionId,
    received: tally.received,
    added: tally.added,
    already_there: tally.alreadyThere,
    refused: tally.refused,
    reasons,
    resumed_after: result.resumedAfter,
    dates_moved_by_ms_at_most: result.movedMs ?? null,
    seconds: Math.round(result.seconds * 1000) / 1000,
    problem: result.problem ?? null,
  }
}

function renderResult(result: ImportResult): string {
  const { tally, reasons, resumedAfter, seconds, movedMs = 0 } = result
  const count = tally.received - resumedAfter
  const rate = renderCount(Math.round(count / Math.max(seconds, 0.001)))
  const lines = [
    `${renderCount(tally.received)} objects: ${renderCount(tally.added)} added, ${renderCount(tally.alreadyThere)} already there, ${renderCount(tally.refused)} refused`,
    `${seconds.toFixed(1)} s, ${rate} objects a second`,
    ...(movedMs > 0 ? [`dates were moved forward by at most ${renderCount(movedMs)} ms`] : []),
    ...reasons.slice(0, REASONS_SHOWN_MAX).map(renderReason),
  ]
  const hidden = tally.refused - Math.min(reasons.length, REASONS_SHOWN_MAX)
  if (hidden > 0) {
    lines.push(`... and ${renderCount(hidden)} more refused; --refused FILE writes them all`)
  }
  return lines.map((line) => `${line}\n`).join('')
}

function renderReason({ index, id, version, message }: RefusedObject): string {
  return `  refused #${index} ${[id, version].filter(Boolean).join(' ')}: ${message}`
}

function failUnlessWhole({ tally, problem }: ImportResult): void {
  if (problem !== undefined) throw new CliFailure(problem)
  if (tally.refused === 0) return
  const objects =
    tally.refused === 1 ? '1 object was' : `${renderCount(tally.refused)} objects were`
  throw new CliFailure(`${objects} refused`, EXIT_FAILED)
}
