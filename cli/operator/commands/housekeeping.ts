// `housekeeping list`, `housekeeping run`: what the clock has done, and having it done now.
import type { Command } from 'commander'
import { CliFailure } from '../../failure.ts'
import { renderCount, renderJson, renderTable, renderTime } from '../../render.ts'
import type { Terminal } from '../../terminal.ts'
import type { AdminClient } from '../admin-client.ts'
import type { HousekeepingRun } from '../resources.ts'
import { openSession } from '../session.ts'

const HEAD = ['AT', 'BY', 'MS', 'DATABASE', 'REMOVED', 'LEFT']

export function housekeepingList(parent: Command, terminal: Terminal): void {
  parent
    .command('list')
    .description('show what the last runs did, newest first')
    .action(async (_options: object, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const answer = await client.call<{ runs: HousekeepingRun[] }>({ path: PATH })
      terminal.print(isJson ? renderJson(answer) : renderRuns(answer.runs))
    })
}

export function housekeepingRun(parent: Command, terminal: Terminal): void {
  parent
    .command('run')
    .description('remove what is past its time now, without waiting for the clock')
    .option('--all', 'until nothing is left, in as many runs as that takes')
    .action(async ({ all }: { all?: true }, command: Command) => {
      const { client, isJson } = await openSession(command, terminal)
      const runs = [await run(client)]
      while (all && isUnfinished(runs.at(-1))) runs.push(await run(client))
      terminal.print(isJson ? renderJson({ runs }) : renderRuns(runs))
      const problem = problemOf(runs.at(-1))
      if (problem !== undefined) throw new CliFailure(problem)
    })
}

const PATH = '/admin/housekeeping/'

async function run(client: AdminClient): Promise<HousekeepingRun> {
  return await client.call<HousekeepingRun>({ method: 'POST', path: PATH })
}

/** A problem does not go away by being repeated at once. */
function isUnfinished(last: HousekeepingRun | undefined): boolean {
  return last?.more_left === true && problemOf(last) === undefined
}

/** What kept the run from its work, in a line for each database. */
export function problemOf(last: HousekeepingRun | undefined): string | undefined {
  const lines = (last?.databases ?? []).flatMap(({ database, problem }) =>
    problem === null ? [] : [`${database}: ${problem}`],
  )
  return lines.length === 0 ? undefined : lines.join('\n')
}

function renderRuns(runs: HousekeepingRun[]): string {
  if (runs.length === 0) return 'There was no housekeeping yet.\n'
  const rows = runs.flatMap(({ at, cause, milliseconds, databases }) =>
    databases.map((each) => [
      renderTime(at),
      cause,
      String(milliseconds),
      each.database,
      removedBy(each),
      each.problem ?? (each.more_left ? 'more' : ''),
    ]),
  )
  return renderTable(HEAD, rows)
}

function removedBy(each: HousekeepingRun['databases'][number]): string {
  const counts = {
    'object versions past retention': each.retired_versions,
    'rows of deleted collections': each.removed_rows,
    statuses: each.statuses,
    'audit lines': each.audit_lines,
    searches: each.searches,
  }
  const removed = Object.entries(counts).filter(([, count]) => count > 0)
  return removed.map(([what, count]) => `${renderCount(count)} ${what}`).join(', ') || 'nothing'
}
