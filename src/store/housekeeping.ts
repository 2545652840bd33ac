// Housekeeping: what is past its time goes, in every database at once, a bounded portion at each run.
// What a run did is returned, to be told; `housekeeping-runs.ts` keeps the last ones.
import { expireAuditLines } from './audit-log.ts'
import { openWriter, type Session } from './database.ts'
import type { CollectionDatabase, Databases } from './databases.ts'
import { type MayGoOn, portions } from './portions.ts'
import { finishRemovals } from './remove-collection.ts'
import { dueCollections, retirePortion } from './retention.ts'
import { expireStretches } from './searched-stretches.ts'
import { expireStatuses } from './statuses.ts'

/** Changes stay readable for a little over a year. */
const AUDIT_KEPT_MS = 400 * 86_400_000
const ROWS_A_RUN = 5_000
/** Shared by the databases: a request may make a thousand queries, and a portion makes up to nine. */
const PORTIONS_A_RUN = 100
const RUN_MS_MAX = 5_000

/** Rows removed from a database, by what they were. */
export type HousekeepingWork = {
  database: string
  statuses: number
  searches: number
  auditLines: number
  /** Objects and list entries of deleted collections. */
  removedRows: number
  /** Object versions whose retention was over. */
  retiredVersions: number
  isMoreLeft: boolean
  /** Why the work was not done to its end; null = it was, or there was no time for more. */
  problem: string | null
}

export type HousekeepingRun = {
  atMs: number
  /** Who had it done: `clock`, or an operator. */
  cause: string
  milliseconds: number
  isMoreLeft: boolean
  databases: HousekeepingWork[]
}

/** `changedCollectionIds` are those in which something that was shown is no longer there. */
export type HouseKept = { run: HousekeepingRun; changedCollectionIds: string[] }

/** A database that cannot be reached is noted in the run, and stops no other. */
export async function keepHouse(
  databases: Databases,
  { nowMs, cause }: { nowMs: number; cause: string },
): Promise<HouseKept> {
  const startedAtMs = Date.now()
  const bounds = {
    nowMs,
    startedAtMs,
    portionsMax: Math.max(2, Math.floor(PORTIONS_A_RUN / databases.all.length)),
  }
  const kept = await Promise.all(
    databases.all.map((each) => keepDatabase(each, each === databases.home, bounds)),
  )
  const works = kept.map(({ work }) => work)
  return {
    run: {
      atMs: nowMs,
      cause,
      milliseconds: Date.now() - startedAtMs,
      isMoreLeft: works.some((work) => work.isMoreLeft),
      databases: works,
    },
    changedCollectionIds: kept.flatMap((each) => each.changedCollectionIds),
  }
}

type Bounds = { nowMs: number; startedAtMs: number; portionsMax: number }

async function keepDatabase({ name, d1 }: CollectionDatabase, isHome: boolean, bounds: Bounds) {
  const work: HousekeepingWork = {
    database: name,
    statuses: 0,
    searches: 0,
    auditLines: 0,
    removedRows: 0,
    retiredVersions: 0,
    isMoreLeft: false,
    problem: null,
  }
  const changed = new Set<string>()
  try {
    const session = openWriter(d1)
    await expireRows(session, isHome, bounds, work)
    await removeRows(session, bounds, work, changed)
  } catch (error) {
    work.problem = error instanceof Error ? error.message : String(error)
    work.isMoreLeft = true
  }
  return { work, changedCollectionIds: [...changed] }
}

/** Figures are noted as they come, so that those before a fault are told too. */
async function expireRows(
  session: Session,
  isHome: boolean,
  { nowMs }: Bounds,
  work: HousekeepingWork,
): Promise<void> {
  work.statuses = await expireStatuses(session, nowMs, ROWS_A_RUN)
  work.searches = await expireStretches(session, nowMs, ROWS_A_RUN)
  if (isHome) work.auditLines = await expireAuditLines(session, nowMs - AUDIT_KEPT_MS, ROWS_A_RUN)
  work.isMoreLeft = Math.max(work.statuses, work.searches, work.auditLines) === ROWS_A_RUN
}

/** The rest of a deleted collection may take at most half of a run, so that retention goes on. */
async function removeRows(
  session: Session,
  { nowMs, startedAtMs, portionsMax }: Bounds,
  work: HousekeepingWork,
  changed: Set<string>,
): Promise<void> {
  const half = Math.floor(portionsMax / 2)
  const removed = await finishRemovals(session, portions(half, startedAtMs + RUN_MS_MAX / 2))
  work.removedRows = removed.rows
  work.isMoreLeft ||= !removed.isFinished
  const mayGoOn = portions(half, startedAtMs + RUN_MS_MAX)
  const isFinished = await retireDue(session, nowMs, mayGoOn, work, changed)
  work.isMoreLeft ||= !isFinished
}

/** A portion of each collection in turn: a large one keeps no other waiting. */
async function retireDue(
  session: Session,
  nowMs: number,
  mayGoOn: MayGoOn,
  work: HousekeepingWork,
  changed: Set<string>,
): Promise<boolean> {
  let pending = await dueCollections(session, nowMs)
  while (pending.length > 0) {
    const unfinished: number[] = []
    for (const ref of pending) {
      if (!mayGoOn()) return false
      const retired = await retirePortion(session, ref, nowMs)
      work.retiredVersions += retired.versions
      for (const id of retired.changedCollectionIds) changed.add(id)
      if (!retired.isFinished) unfinished.push(ref)
    }
    pending = unfinished
  }
  return true
}
