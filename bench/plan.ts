// How much is measured: enough to be believed, or as little as shows that everything works.

export type Plan = {
  isQuick: boolean
  /** Objects in the collections that pages are read from. */
  objects: { fewest: number; middle: number; most: number }
  /** Objects of the comparison with medallion, whose cost grows with the square of them. */
  medallionObjects: number
  rounds: number
  secondsPerRound: number
  warmUpSeconds: number
  connections: number
  /** Keys that poll the head of a collection in turn. */
  pollingKeys: number
  /** Keys that poll a growing collection, each from its own position, and for how long. */
  headKeys: number
  headSeconds: number
  /** A peer that is not installed yet is installed. */
  mayInstallPeers: boolean
  /** Servers that an earlier run has loaded are used again. */
  reuse: boolean
}

export function planOf({ isQuick, reuse }: { isQuick: boolean; reuse: boolean }): Plan {
  const shared = { isQuick, reuse, connections: 8, mayInstallPeers: !isQuick }
  if (isQuick) {
    return {
      ...shared,
      objects: { fewest: 2_000, middle: 10_000, most: 40_000 },
      medallionObjects: 300,
      rounds: 2,
      secondsPerRound: 1,
      warmUpSeconds: 1,
      pollingKeys: 20,
      headKeys: 100,
      headSeconds: 8,
    }
  }
  return {
    ...shared,
    objects: { fewest: 10_000, middle: 100_000, most: 1_000_000 },
    medallionObjects: 1_000,
    rounds: 5,
    secondsPerRound: 4,
    warmUpSeconds: 2,
    pollingKeys: 200,
    headKeys: 1_000,
    headSeconds: 60,
  }
}
