// What is told of repeated measurements: the middle one, and how far the others lie from it.

export type Spread = { median: number; low: number; high: number; samples: number }

/** Throws RangeError for no values: nothing measured is not the same as zero. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = ascending(values)
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0),
    high: quantile(sorted, 1),
    samples: sorted.length,
  }
}

/** The value below which this share of all values lies, interpolated between neighbours. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = ascending(values)
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)]
  const above = sorted[Math.ceil(place)]
  if (below === undefined || above === undefined) throw new RangeError('no values were measured')
  return below + (above - below) * (place - Math.floor(place))
}

/** Round by round, so that a disturbance of one round weighs on both sides of its ratio. */
export function pairedRatios(over: readonly number[], under: readonly number[]): number[] {
  if (over.length !== under.length) throw new RangeError('rounds do not pair up')
  return over.map((value, round) => value / (under[round] ?? Number.NaN))
}

export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values were measured')
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function ascending(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b)
}
