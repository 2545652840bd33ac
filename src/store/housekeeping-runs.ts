// What the last runs of housekeeping did, kept in the home database.
import { desc } from 'drizzle-orm'
import { orm, type Session } from './database.ts'
import type { HousekeepingRun } from './housekeeping.ts'
import { housekeepingRuns } from './schema.ts'

/** Four days of hourly runs. */
export const RUNS_KEPT = 100

export async function noteHousekeepingRun(session: Session, run: HousekeepingRun): Promise<void> {
  await session.batch([
    session
      .prepare('INSERT INTO housekeeping_runs (at_ms, run) VALUES (?1, ?2)')
      .bind(run.atMs, JSON.stringify(run)),
    session
      .prepare(
        'DELETE FROM housekeeping_runs WHERE id <= (SELECT max(id) FROM housekeeping_runs) - ?1',
      )
      .bind(RUNS_KEPT),
  ])
}

/** Newest first. */
export async function listHousekeepingRuns(
  session: Session,
  limit = RUNS_KEPT,
): Promise<HousekeepingRun[]> {
  const rows = await orm(session)
    .select({ run: housekeepingRuns.run })
    .from(housekeepingRuns)
    .orderBy(desc(housekeepingRuns.id))
    .limit(limit)
  return rows.map(({ run }) => run as HousekeepingRun)
}
