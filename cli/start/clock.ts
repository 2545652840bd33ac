// What Cloudflare's clock does for a deployed Worker: the embedded runtime calls no schedule itself.

const FIRST_MS = 60_000
const HOUR_MS = 3_600_000

/** Calls in a minute, and then every hour. Answers the way to stop. */
export function callEveryHour(
  call: () => Promise<unknown>,
  report: (text: string) => void,
): () => void {
  let timer: NodeJS.Timeout
  const wait = (ms: number) => {
    timer = setTimeout(tick, ms).unref()
  }
  const tick = async () => {
    try {
      await call()
    } catch (error) {
      report(`Housekeeping failed: ${error instanceof Error ? error.message : String(error)}\n`)
    }
    wait(HOUR_MS)
  }
  wait(FIRST_MS)
  return () => clearTimeout(timer)
}
