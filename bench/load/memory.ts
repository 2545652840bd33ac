// Memory of a process watched while it works, to tell growth from a level.
import { mean } from '../statistics.ts'

export type MemoryUse = {
  peakBytes: number
  /** Means over quarters of the time; the first is left out, in which everything grows. */
  secondQuarterBytes: number
  lastQuarterBytes: number
}

const INTERVAL_MS = 200

/** Reads until `stop`, which gives undefined when nothing could be read. */
export function watchMemory(read: () => number | undefined): { stop: () => MemoryUse | undefined } {
  const readings: number[] = []
  const note = () => {
    const bytes = read()
    // A process that has just ended has none.
    if (bytes !== undefined && bytes > 0) readings.push(bytes)
  }
  const timer = setInterval(note, INTERVAL_MS)
  note()
  return {
    stop() {
      clearInterval(timer)
      return readings.length === 0 ? undefined : memoryUseOf(readings)
    },
  }
}

/** Throws RangeError for no readings. */
export function memoryUseOf(readings: readonly number[]): MemoryUse {
  const quarter = (number: number) => {
    const from = Math.floor((readings.length * (number - 1)) / 4)
    const to = Math.floor((readings.length * number) / 4)
    return mean(readings.slice(from, Math.max(to, from + 1)))
  }
  return {
    peakBytes: Math.max(...readings),
    secondQuarterBytes: quarter(2),
    lastQuarterBytes: quarter(4),
  }
}
