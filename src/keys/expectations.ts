// What a key may be expected to be granted, from what it was granted a moment ago: enough to begin
// looking for its answer while it is being asked, never enough to let it in.
import type { Admission } from './api-key.ts'
import type { Grants } from './record.ts'
import type { Windows } from './window.ts'

/** Who comes later is looked for after it was admitted. */
const EXPECTED_MS = 60_000
const KEYS_MAX = 1_000

type Expectation = { grants: Grants; sparedThousandths: number; atMs: number }

export class Expectations {
  readonly #byKey = new Map<string, Expectation>()

  /**
   * Undefined unless the key was admitted here within the last minute and had then enough left for a
   * request of this weight, which is taken from it: who goes on when it is refused makes no work.
   */
  take(objectName: string, thousandths: number, nowMs: number): Grants | undefined {
    const known = this.#byKey.get(objectName)
    if (known === undefined || nowMs - known.atMs > EXPECTED_MS) return undefined
    if (known.sparedThousandths < thousandths) return undefined
    known.sparedThousandths -= thousandths
    return known.grants
  }

  /** `admission` is undefined when the key could not be asked. */
  note(objectName: string, admission: Admission | undefined, nowMs: number): void {
    this.#byKey.delete(objectName)
    if (admission?.admitted !== true) return
    if (this.#byKey.size >= KEYS_MAX) this.#forgetOldest()
    const { grants, windows } = admission
    this.#byKey.set(objectName, { grants, sparedThousandths: sparedIn(windows), atMs: nowMs })
  }

  #forgetOldest(): void {
    const [oldest] = this.#byKey.keys()
    if (oldest !== undefined) this.#byKey.delete(oldest)
  }
}

/** Windows tell whole units, rounded down. */
function sparedIn({ minute, day }: Windows): number {
  return Math.min(minute.remaining, day.remaining) * 1_000
}
