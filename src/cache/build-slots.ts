// Bounds how many pages an isolate builds at once, and with that its memory: each build holds the
// rows, the text and its compressed form at the same time.

import { untilTrue } from './look-again.ts'

/** With pages of at most 1.9 MB this many builds stay under half of an isolate's 128 MB. */
const BUILDS_MAX = 6

let building = 0

/**
 * Runs the build when there is a slot. Waiters look again after a moment rather than being woken:
 * a request that was cut off must not take a slot with it.
 */
export async function withBuildSlot<Result>(build: () => Promise<Result>): Promise<Result> {
  await untilTrue(() => building < BUILDS_MAX)
  building++
  try {
    return await build()
  } finally {
    building--
  }
}
