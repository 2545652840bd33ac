// One burst of load at one server, by autocannon, and what it took.
import autocannon from 'autocannon'
import { quantile } from '../statistics.ts'
import type { Headers } from './http-reader.ts'
import { cpuSeconds } from './processes.ts'

export type Wanted = { path: string; headers: Headers }

/** What is measured: a server, and what is asked of it, one request after the other. */
export type Contender = {
  name: string
  url: string
  /** Process whose tree is the server. */
  pid: number
  /** Called once for each request that is sent. */
  next: () => Wanted
}

export type Burst = {
  requestsPerSecond: number
  bytesPerRequest: number
  latencyMs: { p50: number; p99: number }
  /** Of the server, in milliseconds a request; undefined where it cannot be known. */
  cpuMsPerRequest: number | undefined
  /** Share of one core that sending and receiving took. */
  generatorShare: number
}

export type BurstOptions = { seconds: number; connections: number }

/** Throws when a single request fails: a measurement with failures is none. */
export async function fire(
  { name, url, pid, next }: Contender,
  { seconds, connections }: BurstOptions,
): Promise<Burst> {
  const latenciesMs: number[] = []
  const cpuBefore = cpuSeconds(pid)
  const ownBefore = process.cpuUsage()
  const startedMs = performance.now()
  const finished = Promise.withResolvers<autocannon.Result>()
  const run = autocannon(
    {
      url,
      connections,
      duration: seconds,
      timeout: 120,
      requests: [{ setupRequest: (request) => ({ ...request, ...next() }) }],
      setupClient: dropBodies,
    },
    (error, result) => (error ? finished.reject(error) : finished.resolve(result)),
  )
  run.on('response', (_client, _status, _bytes, milliseconds) => latenciesMs.push(milliseconds))
  const result = await finished.promise
  const tookSeconds = (performance.now() - startedMs) / 1000
  const own = process.cpuUsage(ownBefore)
  const cpu = difference(cpuSeconds(pid), cpuBefore)
  const problem = problemOf(result)
  if (problem !== undefined) throw new Error(`${name}: ${problem}`)
  const requests = latenciesMs.length
  return {
    requestsPerSecond: requests / tookSeconds,
    bytesPerRequest: result.throughput.total / result.requests.total,
    latencyMs: { p50: quantile(latenciesMs, 0.5), p99: quantile(latenciesMs, 0.99) },
    cpuMsPerRequest: cpu === undefined ? undefined : (cpu * 1000) / requests,
    generatorShare: (own.user + own.system) / 1e6 / tookSeconds,
  }
}

/**
 * autocannon gathers each body as text, which for compressed pages costs more than receiving them.
 * Bytes and ends of bodies are still told apart; contents are checked before the load begins.
 */
function dropBodies(client: autocannon.Client): void {
  const { pipelinedRequests } = client as unknown as { pipelinedRequests?: { addBody?: unknown } }
  if (typeof pipelinedRequests?.addBody !== 'function') {
    throw new Error('this release of autocannon keeps bodies elsewhere')
  }
  pipelinedRequests.addBody = () => {}
}

function problemOf(result: autocannon.Result): string | undefined {
  const { errors, timeouts, non2xx, statusCodeStats } = result
  if (errors + timeouts > 0) return `${errors} broken connections, ${timeouts} timeouts`
  if (non2xx > 0) return `answers other than 2xx: ${JSON.stringify(statusCodeStats)}`
  return result.requests.total === 0 ? 'not one answer came' : undefined
}

function difference(after: number | undefined, before: number | undefined): number | undefined {
  return after === undefined || before === undefined ? undefined : after - before
}
