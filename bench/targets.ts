// The ratios that the benchmark holds the server to. They compare two things measured in the same
// run on the same machine, so that they mean the same on any machine.
import { BUNDLE_GZIP_BYTES_MAX } from '../cli/project/bundle-size.ts'
import type { Spread } from './statistics.ts'

export type Target = {
  measure: string
  /** Which side of `bound` is good. */
  sense: 'at least' | 'at most'
  bound: number
  /** What the value is written with; empty for a plain ratio. */
  unit: string
}

export type TargetId = keyof typeof TARGETS

export type Verdict =
  | { target: TargetId; spread: Spread }
  /** Why there is no value. */
  | { target: TargetId; missing: string }

export const TARGETS = {
  'cold-page': atLeast(0.85, 'cold page of 1,000 / bare D1-to-body handler, throughput'),
  'warm-page': atLeast(0.5, 'warm page of 1,000 (gzip) / a Worker that says "hi", throughput'),
  growth: atMost(1.15, 'page latency, most objects / fewest objects'),
  'peer-1000-cold': atLeast(3, 'page of 1,000, cold / OpenTAXII, throughput'),
  'peer-1000-warm': atLeast(20, 'page of 1,000, warm / OpenTAXII, throughput'),
  'peer-100-cold': atLeast(3, 'page of 100, cold / OpenTAXII, throughput'),
  'peer-100-warm': atLeast(20, 'page of 100, warm / OpenTAXII, throughput'),
  'walk-cold': atLeast(5, 'walk, pages of 1,000, cold / OpenTAXII'),
  'walk-warm': atLeast(10, 'walk, pages of 1,000, warm / OpenTAXII'),
  'walk-whole': atLeast(1, 'largest walk: share of objects that came exactly once'),
  'head-whole': atLeast(1, 'pollers of a growing collection that got every object'),
  load: atLeast(15_000, 'bulk load', 'objects/s'),
  'peer-load': atLeast(25, 'bulk load / OpenTAXII'),
  'load-memory-cli': atMost(1.25, 'memory of the CLI, last quarter of a load / second quarter'),
  'load-memory-worker': atMost(1.25, 'memory of workerd, last quarter of a load / second quarter'),
  'isolate-memory': atMost(
    128_000_000,
    'memory of an isolate, 100 pages of large objects at once',
    'bytes',
  ),
  wire: atMost(1 / 6, 'bytes of an indicator on the wire, gzip / plain'),
  bundle: atMost(BUNDLE_GZIP_BYTES_MAX, 'Worker bundle, gzip', 'bytes'),
} as const satisfies Record<string, Target>

/** By the median; undefined when there is no value. */
export function isReached(verdict: Verdict): boolean | undefined {
  if ('missing' in verdict) return undefined
  const { sense, bound }: Target = TARGETS[verdict.target]
  return sense === 'at least' ? verdict.spread.median >= bound : verdict.spread.median <= bound
}

function atLeast(bound: number, measure: string, unit = ''): Target {
  return { measure, sense: 'at least', bound, unit }
}

function atMost(bound: number, measure: string, unit = ''): Target {
  return { measure, sense: 'at most', bound, unit }
}
