// Waiting for another request without being woken by it: whoever waits looks again. The longer it has
// waited, the later it looks, so that a thousand who wait do not keep the one busy that they wait for.

const FIRST_LOOK_MS = 2
const LOOK_MS_MAX = 50

/** Whether it came true within the time; without a bound the wait ends only when it does. */
export async function untilTrue(isTrue: () => boolean, waitMsMax = Infinity): Promise<boolean> {
  let waitedMs = 0
  while (!isTrue()) {
    if (waitedMs >= waitMsMax) return false
    const ms = Math.min(LOOK_MS_MAX, Math.max(FIRST_LOOK_MS, waitedMs / 2))
    await scheduler.wait(ms)
    waitedMs += ms
  }
  return true
}
