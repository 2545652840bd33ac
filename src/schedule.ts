// Housekeeping by the clock: what a run did is told in one line of the log, and kept.
import { openWriter } from './store/database.ts'
import { databasesOf } from './store/databases.ts'
import { keepHouse } from './store/housekeeping.ts'
import { noteHousekeepingRun } from './store/housekeeping-runs.ts'

export async function keepHouseByTheClock(env: Env, nowMs: number): Promise<void> {
  const { run } = await keepHouse(databasesOf(env), { nowMs, cause: 'clock' })
  console.log(JSON.stringify({ event: 'housekeeping', ...run }))
  await noteHousekeepingRun(openWriter(env.DB), run)
}
