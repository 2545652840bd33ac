// What this isolate has counted since it began. It knows nothing of the others: its figures are
// always told under its own id, with the time they start from.
import { noDatabaseWork } from './database-work.ts'

/** Upper bounds in seconds; the last bucket has none. */
export const DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

export type OperationCounts = {
  /** By status class: `statusClasses[2]` are those of 200 to 299. */
  statusClasses: number[]
  /** By bound, each request in the first bucket that takes it. */
  durations: number[]
  totalMs: number
}

export type Answered = {
  /** Undefined for a path or a method that is none. */
  operation: string | undefined
  status: number
  errorCode: string | undefined
  pageSource: string | undefined
  totalMs: number
}

export class Isolate {
  readonly id = crypto.randomUUID().slice(0, 8)
  readonly startedAtMs = Date.now()
  readonly database = noDatabaseWork()
  readonly operations = new Map<string, OperationCounts>()
  readonly refusals = new Map<string, number>()
  readonly pages = new Map<string, number>()
  lostDataPoints = 0

  count({ operation = '', status, errorCode, pageSource, totalMs }: Answered): void {
    const counts = this.#countsOf(operation)
    const statusClass = Math.floor(status / 100)
    counts.statusClasses[statusClass] = (counts.statusClasses[statusClass] ?? 0) + 1
    const bucket = bucketOf(totalMs / 1000)
    counts.durations[bucket] = (counts.durations[bucket] ?? 0) + 1
    counts.totalMs += totalMs
    if (errorCode !== undefined) add(this.refusals, errorCode)
    if (pageSource !== undefined) add(this.pages, pageSource)
  }

  #countsOf(operation: string): OperationCounts {
    const known = this.operations.get(operation)
    if (known !== undefined) return known
    const durations = [...DURATION_BOUNDS.map(() => 0), 0]
    const counts = { statusClasses: [0, 0, 0, 0, 0, 0], durations, totalMs: 0 }
    this.operations.set(operation, counts)
    return counts
  }
}

let own: Isolate | undefined

/** Made at the first request: before it there is neither a clock nor chance. */
export function isolate(): Isolate {
  own ??= new Isolate()
  return own
}

function bucketOf(seconds: number): number {
  const bucket = DURATION_BOUNDS.findIndex((bound) => seconds <= bound)
  return bucket < 0 ? DURATION_BOUNDS.length : bucket
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
