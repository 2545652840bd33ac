// Liveness and readiness. Liveness depends on nothing; readiness touches what an answer needs.
import * as z from 'zod'
import { refuse } from '../failure.ts'
import type { AppContext } from '../http/context.ts'
import type { Operation } from '../http/operation.ts'
import { SizedResponse } from '../http/sized-response.ts'
import { databasesOf, pingDatabases } from '../store/databases.ts'

const state = z.object({ status: z.literal('ok') }).meta({ id: 'Health' })

export const getHealth: Operation = {
  operationId: 'getHealth',
  source: 'docs/operating.md',
  method: 'GET',
  path: '/health',
  tag: 'Service',
  summary: 'Is the Worker running',
  description: 'Answers without touching anything else.',
  pathParameters: {},
  query: {},
  success: { status: 200, description: 'It is', schema: state },
  refusals: [],
  offer: 'json',
  access: { by: 'nobody' },
  handle: answerHealth,
}

export const getReadiness: Operation = {
  ...getHealth,
  operationId: 'getReadiness',
  path: '/health/ready',
  summary: 'Can requests be answered',
  description:
    'Touches every database and a Durable Object. `X-Worker-Version` names the version that answers.',
  refusals: [503],
  handle: answerReadiness,
}

/** An object that no token can name: names of keys' objects are hexadecimal. */
const PROBE_OBJECT = 'readiness probe'
const RETRY_AFTER_SECONDS = 5

async function answerHealth(): Promise<Response> {
  return ok()
}

async function answerReadiness(c: AppContext): Promise<Response> {
  const parts = {
    store: () => pingDatabases(databasesOf(c.env)),
    keys: () => c.env.API_KEYS.getByName(PROBE_OBJECT).show(),
  } as const
  for (const part of ['store', 'keys'] as const) {
    try {
      await parts[part]()
    } catch {
      refuse({ kind: 'unavailable', part, retryAfterSeconds: RETRY_AFTER_SECONDS })
    }
  }
  return ok(versionHeaders(c.env.CF_VERSION_METADATA))
}

/** None where the Worker was deployed without that binding. */
function versionHeaders(version: WorkerVersionMetadata | undefined): Record<string, string> {
  return version === undefined ? {} : { 'X-Worker-Version': version.id }
}

function ok(headers: Record<string, string> = {}): Response {
  return new SizedResponse('{"status":"ok"}', {
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers },
  })
}
