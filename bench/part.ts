// One part of the benchmark: what it measures is told in figures, and held to targets in verdicts.
import type { Bench } from './bench.ts'
import type { Spread } from './statistics.ts'
import type { Verdict } from './targets.ts'

export type Figure = { what: string; unit: string; spread: Spread }

export type PartResult = {
  figures: Figure[]
  verdicts: Verdict[]
  /** What a reader must know to understand the figures, in whole sentences. */
  remarks: string[]
}

export type Part = {
  /** As `--only` names it. */
  name: string
  title: string
  measure: (bench: Bench) => Promise<PartResult>
}
