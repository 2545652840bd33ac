// How far an import has come, kept outside the process, so that the same command goes on there
// after a kill. Written after the server acknowledged a request, never before.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ResumePoint } from '../../../src/stix/slice.ts'
import { systemProblem } from '../../failure.ts'
import type { RefusedObject } from '../resources.ts'
import type { Dating } from './dating.ts'
import type { FileIdentity } from './source.ts'

export type Tally = { received: number; added: number; alreadyThere: number; refused: number }

export type Progress = {
  resume: ResumePoint
  tally: Tally
  /** The first refusals. */
  reasons: RefusedObject[]
  /** Size of the file of refusals at this point. */
  refusedFileBytes: number
  /** Of an import with dates: the last that was given. */
  dating?: Dating
}

type Checkpoint = Progress & { format: typeof FORMAT; identity: FileIdentity }

const FORMAT = 1

export type ImportTarget = { url: string; collectionId: string; identity: FileIdentity }

export class CheckpointFile {
  readonly #path: string
  readonly #identity: FileIdentity
  #problem: string | undefined

  constructor(target: ImportTarget, env: Record<string, string | undefined>) {
    const { url, collectionId, identity } = target
    const name = createHash('sha256').update(JSON.stringify([url, collectionId, identity.path]))
    this.#path = join(stateFolder(env), 'imports', `${name.digest('hex').slice(0, 32)}.json`)
    this.#identity = identity
  }

  /** Why no checkpoint could be written; the import goes on without. */
  get problem(): string | undefined {
    return this.#problem
  }

  /** Where an earlier import of this very file, of the same kind, stopped, if one did. */
  read({ hasDates }: { hasDates: boolean }): Progress | undefined {
    try {
      const kept: Checkpoint = JSON.parse(readFileSync(this.#path, 'utf8'))
      const isOurs = kept.format === FORMAT && isSameFile(kept.identity, this.#identity)
      return isOurs && (kept.dating !== undefined) === hasDates ? kept : undefined
    } catch {
      return undefined
    }
  }

  write(progress: Progress): void {
    if (this.#problem !== undefined) return
    const checkpoint: Checkpoint = { format: FORMAT, identity: this.#identity, ...progress }
    const draft = `${this.#path}.${process.pid}`
    try {
      mkdirSync(dirname(this.#path), { recursive: true })
      writeFileSync(draft, JSON.stringify(checkpoint))
      renameSync(draft, this.#path)
    } catch (error) {
      this.#problem = systemProblem(error) ?? String(error)
    }
  }

  remove(): void {
    rmSync(this.#path, { force: true })
  }
}

/** The XDG state folder, or what stands for it on Windows. */
function stateFolder(env: Record<string, string | undefined>): string {
  const base = env.XDG_STATE_HOME || env.LOCALAPPDATA || join(homedir(), '.local', 'state')
  return join(base, 'taxii-edge')
}

function isSameFile(a: FileIdentity, b: FileIdentity): boolean {
  return a.bytes === b.bytes && a.modifiedMs === b.modifiedMs && a.headDigest === b.headDigest
}
