// The one folder that holds everything a server on this machine keeps. One server at a time may
// have it; a lock that a killed server left behind is taken over.
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CliFailure, systemCode, systemProblem } from '../failure.ts'
import { readPrivateFile, requirePrivate, writePrivateFile } from './private-file.ts'
import { commandOf, isRunning, markOf, type ProcessMark } from './processes.ts'

type Lock = { owner: ProcessMark; runtime: ProcessMark | null }

const TAKE_OVER_MS = 100
const ENDING_MS = 3_000

export class DataFolder {
  readonly path: string
  readonly #name: string

  /** `name` is the folder as the operator wrote it, for messages. */
  constructor(name: string) {
    this.#name = name
    this.path = resolve(name)
  }

  /** The folder of the runtime: databases, key objects, cache. */
  get state(): string {
    return join(this.path, 'state')
  }

  get worker(): string {
    return join(this.path, 'worker')
  }

  get secretsFile(): string {
    return join(this.path, 'secrets.json')
  }

  get demoKeysFile(): string {
    return join(this.path, 'demo-keys.json')
  }

  /** Inside the state, since it tells what has been done to it. */
  get firstStartFile(): string {
    return join(this.state, 'first-start.json')
  }

  /** Inside the state for the same reason. */
  get databasesFile(): string {
    return join(this.state, 'databases.json')
  }

  get hasState(): boolean {
    return readdirSync(this.state).length > 0
  }

  /** Makes the folder and locks it. Throws CliFailure when it cannot be had. */
  async open(report: (text: string) => void): Promise<void> {
    try {
      mkdirSync(this.state, { recursive: true, mode: 0o700 })
      for (const path of [this.path, this.secretsFile, this.demoKeysFile]) requirePrivate(path)
      if (!this.#lockNew()) await this.#takeOver(report)
    } catch (error) {
      const problem = systemProblem(error)
      if (problem === undefined) throw error
      throw new CliFailure(`The data folder ${this.#name} cannot be used: ${problem}`)
    }
  }

  /** Notes the runtime's process, so that the next start can end one that was left behind. */
  noteRuntime(pid: number): void {
    writePrivateFile(this.#lockFile, this.#lock(markOf(pid)))
  }

  /** Returns when what was written has reached the disk. After the runtime has ended. */
  flush(): void {
    if (process.platform === 'win32') return
    const below = readdirSync(this.state, { recursive: true, withFileTypes: true })
    for (const entry of below.filter((each) => each.isFile() || each.isDirectory())) {
      const file = openSync(join(entry.parentPath, entry.name), 'r')
      fsyncSync(file)
      closeSync(file)
    }
  }

  close(): void {
    rmSync(this.#lockFile, { force: true })
  }

  get #lockFile(): string {
    return join(this.path, 'lock.json')
  }

  #lock(runtime: ProcessMark | null): Lock {
    return { owner: markOf(process.pid), runtime }
  }

  #lockNew(): boolean {
    try {
      const file = openSync(this.#lockFile, 'wx', 0o600)
      writeSync(file, JSON.stringify(this.#lock(null)))
      closeSync(file)
      return true
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return false
      throw error
    }
  }

  async #takeOver(report: (text: string) => void): Promise<void> {
    const found = this.#readLock()
    if (found !== undefined && isOther(found.owner)) this.#refuse(found.owner)
    writePrivateFile(this.#lockFile, this.#lock(found?.runtime ?? null))
    // Of two that take over at once, the one that wrote last has it.
    await sleep(TAKE_OVER_MS)
    const kept = this.#readLock()
    if (kept !== undefined && kept.owner.pid !== process.pid) this.#refuse(kept.owner)
    if (found?.runtime) await endRuntime(found.runtime, report)
  }

  /** Undefined when the file is gone or is no lock: its writer was killed at it. */
  #readLock(): Lock | undefined {
    try {
      const lock = readPrivateFile(this.#lockFile) as Partial<Lock> | undefined
      return typeof lock?.owner?.pid === 'number' ? (lock as Lock) : undefined
    } catch (error) {
      if (error instanceof CliFailure) return undefined
      throw error
    }
  }

  #refuse({ pid }: ProcessMark): never {
    throw new CliFailure(
      `The data folder ${this.#name} is in use by another server, process ${pid}. Stop it, or choose another folder with --data.`,
    )
  }

  /** Removes a bundle of an earlier start. */
  clearWorker(): void {
    rmSync(this.worker, { recursive: true, force: true })
  }
}

/** Where processes are few, as in a container, the next one may well have the number of the last. */
function isOther(owner: ProcessMark): boolean {
  return owner.pid !== process.pid && isRunning(owner)
}

/** A killed server leaves its runtime running, with the databases open. */
async function endRuntime(runtime: ProcessMark, report: (text: string) => void): Promise<void> {
  const isOurs = () => isRunning(runtime) && commandOf(runtime.pid)?.includes('workerd') === true
  if (!isOurs()) return
  report(`Ending workerd, process ${runtime.pid}, which a killed server left behind\n`)
  process.kill(runtime.pid, 'SIGTERM')
  for (const endMs = Date.now() + ENDING_MS; isOurs() && Date.now() < endMs; ) await sleep(50)
  if (isOurs()) process.kill(runtime.pid, 'SIGKILL')
  while (isOurs()) await sleep(50)
}
