// Housekeeping as the operator sees it: what the last runs did, and a run at once.
import * as z from 'zod'
import type { AppContext } from '../http/context.ts'
import { forgetAfterWrite } from '../http/forget-pages.ts'
import { formatMillis } from '../stix/timestamp.ts'
import { openWriter } from '../store/database.ts'
import { databasesOf } from '../store/databases.ts'
import { type HousekeepingRun, type HousekeepingWork, keepHouse } from '../store/housekeeping.ts'
import { listHousekeepingRuns, noteHousekeepingRun } from '../store/housekeeping-runs.ts'
import { adminOperation, answerJson } from './operation.ts'

const work = z.object({
  database: z.string(),
  /** Rows removed, by what they were. */
  statuses: z.int(),
  searches: z.int(),
  audit_lines: z.int(),
  removed_rows: z.int(),
  retired_versions: z.int(),
  more_left: z.boolean(),
  problem: z.string().nullable(),
})

const run = z
  .object({
    at: z.string(),
    /** `clock`, or the operator who asked for it. */
    cause: z.string(),
    milliseconds: z.int(),
    /** Whether the next run has something left to do already. */
    more_left: z.boolean(),
    databases: z.array(work),
  })
  .meta({ id: 'HousekeepingRun' })

export const housekeepingOperations = [
  adminOperation({
    operationId: 'listHousekeeping',
    method: 'GET',
    path: '/admin/housekeeping/',
    summary: 'Show the last runs of housekeeping',
    description:
      'What each removed, and whether it came to an end. Newest first, a hundred at most.',
    success: {
      status: 200,
      description: 'The runs',
      schema: z.object({ runs: z.array(run) }),
    },
    refusals: [],
    handle: list,
  }),
  adminOperation({
    operationId: 'runHousekeeping',
    method: 'POST',
    path: '/admin/housekeeping/',
    summary: 'Keep house now',
    description:
      'One run, as the clock makes them: bounded in time, so repeat it while `more_left` is true.',
    success: { status: 200, description: 'What it did', schema: run },
    refusals: [],
    handle: keep,
  }),
]

async function list(c: AppContext): Promise<Response> {
  const runs = await listHousekeepingRuns(openWriter(c.env.DB))
  return answerJson({ runs: runs.map(runState) })
}

async function keep(c: AppContext): Promise<Response> {
  const asked = { nowMs: Date.now(), cause: c.get('operatorName') }
  const { run: done, changedCollectionIds } = await keepHouse(databasesOf(c.env), asked)
  forgetAfterWrite(c, changedCollectionIds)
  console.log(JSON.stringify({ event: 'housekeeping', ...done }))
  await noteHousekeepingRun(openWriter(c.env.DB), done)
  return answerJson(runState(done))
}

function runState(each: HousekeepingRun): z.infer<typeof run> {
  return {
    at: formatMillis(each.atMs),
    cause: each.cause,
    milliseconds: each.milliseconds,
    more_left: each.isMoreLeft,
    databases: each.databases.map(workState),
  }
}

function workState(each: HousekeepingWork): z.infer<typeof work> {
  return {
    database: each.database,
    statuses: each.statuses,
    searches: each.searches,
    audit_lines: each.auditLines,
    removed_rows: each.removedRows,
    retired_versions: each.retiredVersions,
    more_left: each.isMoreLeft,
    problem: each.problem,
  }
}
