// Bounds how many pages an isolate builds at once, and with that its memory: each build holds the
// rows, the text and its compressed form at the same time.

/** With pages of at most 1.9 MB this many builds stay under half of an isolate's 128 MB. */
const BUILDS_MAX = 6
const WAIT_MS = 3

let building = 0

/**
 * Runs the build when there is a slot. Waiters look again after a moment rather than being woken:
 * a request that was cut off must not take a slot with it.
 */
export async function withBuildSlot<Result>(build: () => Promise<Result>): Promise<Result> {
  while (building >= BUILDS_MAX) await scheduler.wait(WAIT_MS)
  building++
  try {
    return await build()
  } finally {
    building--
  }
}
