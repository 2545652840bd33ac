// Fixed calendar windows: a minute and a day in UTC, counted in integer thousandths of a unit. A
// refused request is not charged, and a window once entered is never left for an older one.

export type Limits = { unitsPerMinute: number; unitsPerDay: number }

type Counter = { startMs: number; spentThousandths: number }

export type Counters = { minute: Counter; day: Counter }

export type WindowName = keyof Counters

export type Window = {
  /** Units. */
  limit: number
  /** Whole units left, rounded down. */
  remaining: number
  /** Unix seconds. */
  resetAtSeconds: number
}

export type Windows = { minute: Window; day: Window }

export type Decision =
  | { admitted: true; windows: Windows }
  | { admitted: false; reason: WindowName; retryAfterSeconds: number; windows: Windows }

export const MINUTE_MS = 60_000
export const DAY_MS = 86_400_000

export const NOTHING_SPENT: Counters = {
  minute: { startMs: 0, spentThousandths: 0 },
  day: { startMs: 0, spentThousandths: 0 },
}

/**
 * Charges both windows or neither. Weight 0 asks without spending and is always admitted; a weight
 * above a limit never is. When both windows refuse, the day is named: the minute's end would not
 * help.
 */
export function spend(
  counters: Counters,
  limits: Limits,
  thousandths: number,
  nowMs: number,
): { counters: Counters; decision: Decision } {
  if (!Number.isSafeInteger(thousandths) || thousandths < 0) {
    throw new RangeError(`A weight is a whole number of thousandths, not ${thousandths}`)
  }
  const minute = enter(counters.minute, MINUTE_MS, nowMs)
  const day = enter(counters.day, DAY_MS, nowMs)
  if (exceeds(day, limits.unitsPerDay, thousandths)) {
    return refuse({ minute, day }, limits, 'day', nowMs)
  }
  if (exceeds(minute, limits.unitsPerMinute, thousandths)) {
    return refuse({ minute, day }, limits, 'minute', nowMs)
  }
  const charged = { minute: charge(minute, thousandths), day: charge(day, thousandths) }
  return { counters: charged, decision: { admitted: true, windows: windowsOf(charged, limits) } }
}

function enter(counter: Counter, lengthMs: number, nowMs: number): Counter {
  const startMs = nowMs - (nowMs % lengthMs)
  return startMs > counter.startMs ? { startMs, spentThousandths: 0 } : counter
}

function exceeds(counter: Counter, limitUnits: number, thousandths: number): boolean {
  return thousandths > 0 && counter.spentThousandths + thousandths > limitUnits * 1000
}

function refuse(
  counters: Counters,
  limits: Limits,
  reason: WindowName,
  nowMs: number,
): { counters: Counters; decision: Decision } {
  const windows = windowsOf(counters, limits)
  const retryAfterSeconds = Math.max(1, Math.ceil(windows[reason].resetAtSeconds - nowMs / 1000))
  return { counters, decision: { admitted: false, reason, retryAfterSeconds, windows } }
}

function charge(counter: Counter, thousandths: number): Counter {
  return { ...counter, spentThousandths: counter.spentThousandths + thousandths }
}

function windowsOf({ minute, day }: Counters, limits: Limits): Windows {
  return {
    minute: windowOf(minute, MINUTE_MS, limits.unitsPerMinute),
    day: windowOf(day, DAY_MS, limits.unitsPerDay),
  }
}

/** A limit lowered below what is spent leaves nothing, not less than nothing. */
function windowOf(counter: Counter, lengthMs: number, limit: number): Window {
  const leftThousandths = limit * 1000 - counter.spentThousandths
  return {
    limit,
    remaining: Math.max(0, Math.floor(leftThousandths / 1000)),
    resetAtSeconds: (counter.startMs + lengthMs) / 1000,
  }
}
