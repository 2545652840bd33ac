// What a key was used for: per minute for an hour, per day for 90 days, and per collection the last
// position read. Only the running minute and day change; finished ones move to a ring of slots.
import type { Barrier } from './record.ts'
import { DAY_MS, MINUTE_MS, type WindowName } from './window.ts'

export type RefusalReason = Barrier | WindowName

export type UsagePeriod = {
  startMs: number
  /** Admitted requests. */
  requests: number
  /** What they were charged, in thousandths of a unit. */
  thousandths: number
  /** STIX objects served. */
  objects: number
  /** Bytes of the bodies served. */
  bytes: number
  refused: Record<RefusalReason, number>
}

export type CollectionRead = {
  collectionId: string
  /** `date_added` of the last object served. */
  positionMs: number
  atMs: number
}

/** What was served to a key since the last report about it. */
export type ServedReport = { objects: number; bytes: number; reads: CollectionRead[] }

/** The part of a key's usage that still changes; small enough to be written every second. */
export type RunningUsage = {
  /** When a request was last admitted. */
  lastUsedAtMs: number | null
  minute: UsagePeriod
  day: UsagePeriod
  reads: CollectionRead[]
}

/** Oldest first; a period in which nothing happened is left out. */
export type KeyUsage = {
  lastUsedAtMs: number | null
  minutes: UsagePeriod[]
  days: UsagePeriod[]
  reads: CollectionRead[]
}

export type UsageEvent =
  | { kind: 'admitted'; thousandths: number }
  | { kind: 'refused'; reason: RefusalReason }
  | { kind: 'served'; report: ServedReport }

/** Slot → the finished period that takes it, and with it the place of the one an era before. */
export type FinishedPeriods = Record<string, UsagePeriod>

const ERAS = {
  minute: { lengthMs: MINUTE_MS, kept: 60 },
  day: { lengthMs: DAY_MS, kept: 90 },
} as const
const READS_KEPT = 64

/** What the slots' names begin with. */
export const SLOT_PREFIX = { minute: 'minute:', day: 'day:' } as const

export function noUsage(): RunningUsage {
  return { lastUsedAtMs: null, minute: emptyPeriod(0), day: emptyPeriod(0), reads: [] }
}

/**
 * Counts an event, in place, and returns the periods that time has closed. A clock that went back
 * counts into the newer period.
 */
export function count(usage: RunningUsage, event: UsageEvent, nowMs: number): FinishedPeriods {
  const finished = { ...turn(usage, 'minute', nowMs), ...turn(usage, 'day', nowMs) }
  add(usage.minute, event)
  add(usage.day, event)
  if (event.kind === 'admitted') usage.lastUsedAtMs = Math.max(usage.lastUsedAtMs ?? 0, nowMs)
  if (event.kind === 'served') usage.reads = latestReads([...usage.reads, ...event.report.reads])
  return finished
}

/** `finished` may hold periods that are too old to tell of: a slot is kept until it is reused. */
export function usageOf(
  running: RunningUsage,
  finished: { minutes: UsagePeriod[]; days: UsagePeriod[] },
  nowMs: number,
): KeyUsage {
  return {
    lastUsedAtMs: running.lastUsedAtMs,
    minutes: recent([...finished.minutes, running.minute], 'minute', nowMs),
    days: recent([...finished.days, running.day], 'day', nowMs),
    reads: running.reads,
  }
}

export function mergeReports(earlier: ServedReport, later: ServedReport): ServedReport {
  return {
    objects: earlier.objects + later.objects,
    bytes: earlier.bytes + later.bytes,
    reads: latestReads([...earlier.reads, ...later.reads]),
  }
}

function turn(usage: RunningUsage, era: WindowName, nowMs: number): FinishedPeriods {
  const { lengthMs, kept } = ERAS[era]
  const startMs = nowMs - (nowMs % lengthMs)
  const last = usage[era]
  if (startMs <= last.startMs) return {}
  usage[era] = emptyPeriod(startMs)
  if (last.startMs === 0) return {}
  return { [`${SLOT_PREFIX[era]}${(last.startMs / lengthMs) % kept}`]: last }
}

function emptyPeriod(startMs: number): UsagePeriod {
  const refused = { revoked: 0, expired: 0, network: 0, minute: 0, day: 0 }
  return { startMs, requests: 0, thousandths: 0, objects: 0, bytes: 0, refused }
}

function add(period: UsagePeriod, event: UsageEvent): void {
  switch (event.kind) {
    case 'admitted':
      period.requests += 1
      period.thousandths += event.thousandths
      break
    case 'refused':
      period.refused[event.reason] += 1
      break
    case 'served':
      period.objects += event.report.objects
      period.bytes += event.report.bytes
      break
  }
}

/** One read a collection, the latest; the collections read last when there are too many. */
function latestReads(reads: CollectionRead[]): CollectionRead[] {
  const inOrder = reads.toSorted((a, b) => a.atMs - b.atMs || a.positionMs - b.positionMs)
  const latest = new Map(inOrder.map((read) => [read.collectionId, read]))
  return inOrder.filter((read) => latest.get(read.collectionId) === read).slice(-READS_KEPT)
}

function recent(periods: UsagePeriod[], era: WindowName, nowMs: number): UsagePeriod[] {
  const { lengthMs, kept } = ERAS[era]
  const oldestMs = nowMs - (nowMs % lengthMs) - (kept - 1) * lengthMs
  return periods
    .filter((period) => period.startMs >= Math.max(1, oldestMs))
    .toSorted((a, b) => a.startMs - b.startMs)
}
