// Metrics for Prometheus: the service as its databases know it, and this isolate as it knows itself.
// A database that is out of reach is told as such; the rest of the figures are given all the same.
import * as z from 'zod'
import type { AppContext } from '../http/context.ts'
import { SizedResponse } from '../http/sized-response.ts'
import { expositionOf } from '../observe/exposition.ts'
import { isolate } from '../observe/isolate.ts'
import { isolateFamilies } from '../observe/isolate-families.ts'
import { openReader } from '../store/database.ts'
import { type CollectionDatabase, databasesOf } from '../store/databases.ts'
import { listHousekeepingRuns } from '../store/housekeeping-runs.ts'
import { countKeys, readDatabaseFacts } from '../store/service-facts.ts'
import { adminOperation } from './operation.ts'
import { type DatabaseState, type ServiceState, serviceFamilies } from './service-families.ts'

export const showMetrics = adminOperation({
  operationId: 'showMetrics',
  method: 'GET',
  path: '/admin/metrics',
  summary: 'Metrics for Prometheus',
  description:
    'Text format 0.0.4. `taxii_isolate_…` are those of the isolate that answered, one of many on Workers; all others are those of the service.',
  success: { status: 200, description: 'The metrics', schema: z.string() },
  refusals: [],
  offer: 'metrics',
  handle: answerMetrics,
})

async function answerMetrics(c: AppContext): Promise<Response> {
  const state = await readState(c)
  const { memory } = c.get('runtime').pages
  const families = [...serviceFamilies(state), ...isolateFamilies(isolate(), memory)]
  return new SizedResponse(expositionOf(families), {
    headers: { 'Content-Type': c.get('contentType'), 'Cache-Control': 'no-store' },
  })
}

async function readState(c: AppContext): Promise<ServiceState> {
  const { home, all } = databasesOf(c.env)
  const [databases, keys, runs] = await Promise.all([
    Promise.all(all.map(readDatabase)),
    orNothing(() => countKeys(openReader(home.d1), Date.now())),
    orNothing(() => listHousekeepingRuns(openReader(home.d1), 1)),
  ])
  return { databases, keys, lastRun: runs?.[0] }
}

async function readDatabase({ name, d1 }: CollectionDatabase): Promise<DatabaseState> {
  const startedAtMs = Date.now()
  const facts = await orNothing(() => readDatabaseFacts(openReader(d1)))
  return { name, milliseconds: Date.now() - startedAtMs, facts }
}

async function orNothing<Facts>(read: () => Promise<Facts>): Promise<Facts | undefined> {
  try {
    return await read()
  } catch {
    return undefined
  }
}
