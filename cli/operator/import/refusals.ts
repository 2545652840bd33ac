// What was refused: the first reasons for the summary, and all of them in a file when asked for.
import { appendFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { CliFailure, systemProblem } from '../../failure.ts'
import type { RefusedObject } from '../resources.ts'

/** So many reasons are kept in memory, in the checkpoint and in the JSON summary. */
export const REASONS_KEPT_MAX = 1_000

export class Refusals {
  readonly #file: string | undefined
  readonly #reasons: RefusedObject[]
  #fileBytes: number

  /** `earlier` is what a checkpoint knows; what the file has beyond that is cut off. */
  constructor(
    file: string | undefined,
    earlier: { reasons: RefusedObject[]; refusedFileBytes: number } | undefined,
  ) {
    this.#file = file
    this.#reasons = [...(earlier?.reasons ?? [])]
    this.#fileBytes = file === undefined ? 0 : prepare(file, earlier?.refusedFileBytes ?? 0)
  }

  get reasons(): RefusedObject[] {
    return this.#reasons
  }

  get fileBytes(): number {
    return this.#fileBytes
  }

  add(refused: RefusedObject[]): void {
    this.#reasons.push(...refused.slice(0, REASONS_KEPT_MAX - this.#reasons.length))
    if (this.#file === undefined || refused.length === 0) return
    const lines = refused.map((each) => `${JSON.stringify(each)}\n`).join('')
    appendFileSync(this.#file, lines)
    this.#fileBytes += Buffer.byteLength(lines)
  }
}

function prepare(file: string, bytes: number): number {
  try {
    if (bytes > 0 && (statSync(file, { throwIfNoEntry: false })?.size ?? 0) >= bytes) {
      truncateSync(file, bytes)
      return bytes
    }
    writeFileSync(file, '')
    return 0
  } catch (error) {
    const problem = systemProblem(error)
    throw problem === undefined ? error : new CliFailure(`${file}: ${problem}`)
  }
}
