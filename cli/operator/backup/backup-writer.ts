// Writes a backup file: under a temporary name until it is whole, readable by its owner only, and
// on disk before it gets its name.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  rmSync,
  statSync,
  type WriteStream,
} from 'node:fs'
import { link, open, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createGzip, type Gzip } from 'node:zlib'
import { CliFailure, systemCode, systemProblem } from '../../failure.ts'
import type { CollectionState } from '../resources.ts'
import { type Header, type KeyLine, lineOf, type SectionEnd } from './format.ts'

const CHUNK_BYTES = 1 << 18
const FILE_ENDING = '.gz'

export class BackupWriter {
  readonly path: string
  readonly #draft: string
  readonly #file: WriteStream
  readonly #gzip: Gzip
  readonly #whole = createHash('sha256')
  #section = createHash('sha256')
  #sectionRecords = 0
  #sections = 0
  #records = 0
  /** A disk that is full ends the file, not the stream that feeds it. */
  readonly #failed = Promise.withResolvers<void>()
  #failure: Error | undefined

  private constructor(path: string) {
    this.path = path
    this.#draft = `${path}.part`
    this.#file = createWriteStream(this.#draft, { mode: 0o600 })
    this.#gzip = createGzip({ chunkSize: CHUNK_BYTES })
    for (const stream of [this.#file, this.#gzip]) {
      stream.on('error', (error: Error) => {
        this.#failure ??= error
        this.#failed.resolve()
      })
    }
    this.#gzip.pipe(this.#file)
  }

  /** `out` is a file that is not there yet, by a name in `.gz`, or a folder. */
  static async create(out: string, header: Header): Promise<BackupWriter> {
    const path = pathFor(out, header.created)
    if (existsSync(path)) throw new CliFailure(`${path}: already exists`)
    rmSync(`${path}.part`, { force: true })
    const writer = new BackupWriter(path)
    await writer.#unlessFailed(once(writer.#file, 'open'))
    await writer.#write(lineOf(header))
    return writer
  }

  async beginCollection(collection: CollectionState): Promise<void> {
    await this.#begin(lineOf({ begin: 'collection', collection }))
  }

  async beginKeys(): Promise<void> {
    await this.#begin(lineOf({ begin: 'keys', keys: null }))
  }

  /** Whole lines, as many as `count`. */
  async addRecords(lines: Buffer, count: number): Promise<void> {
    this.#section.update(lines)
    this.#sectionRecords += count
    await this.#write(lines)
  }

  async addKeys(keys: readonly KeyLine[]): Promise<void> {
    await this.addRecords(Buffer.concat(keys.map(lineOf)), keys.length)
  }

  async end(of: SectionEnd['end'], revision: number | null = null): Promise<SectionEnd> {
    const records = this.#sectionRecords
    const ended = { end: of, records, sha256: this.#section.digest('hex'), revision }
    await this.#write(lineOf(ended))
    this.#records += records
    return ended
  }

  /** Gives the file its name. Until then it is none that anyone would take for whole. */
  async finish(): Promise<{ bytes: number; sha256: string }> {
    const sha256 = this.#whole.digest('hex')
    const trailer = { sections: this.#sections, records: this.#records, sha256 }
    this.#gzip.end(lineOf({ trailer }))
    await this.#unlessFailed(once(this.#file, 'close'))
    await synced(this.#draft)
    await nameNew(this.#draft, this.path)
    return { bytes: statSync(this.path).size, sha256 }
  }

  async discard(): Promise<void> {
    this.#gzip.destroy()
    this.#file.destroy()
    await rm(this.#draft, { force: true })
  }

  async #begin(line: Buffer): Promise<void> {
    this.#section = createHash('sha256')
    this.#sectionRecords = 0
    this.#sections += 1
    await this.#write(line)
  }

  async #write(bytes: Buffer): Promise<void> {
    this.#whole.update(bytes)
    this.#throwFailure()
    if (!this.#gzip.write(bytes)) await this.#unlessFailed(once(this.#gzip, 'drain'))
  }

  async #unlessFailed(event: Promise<unknown>): Promise<void> {
    await Promise.race([event.catch(() => {}), this.#failed.promise])
    this.#throwFailure()
  }

  #throwFailure(): void {
    if (this.#failure === undefined) return
    const problem = systemProblem(this.#failure)
    throw problem === undefined ? this.#failure : new CliFailure(`${this.#draft}: ${problem}`)
  }
}

/** What a path is does not depend on whether it is there: a backup a night needs no folder made first. */
function pathFor(out: string, created: string): string {
  const found = statSync(out, { throwIfNoEntry: false })
  const isFolder = found?.isDirectory() ?? !out.endsWith(FILE_ENDING)
  if (!isFolder) return resolve(out)
  if (found === undefined) makeFolder(out)
  const time = created.slice(0, 19).replaceAll(':', '-')
  return join(out, `taxii-edge-${time}Z.ndjson${FILE_ENDING}`)
}

/** Not its parents: where a disk is not mounted, nothing shall be put in its place. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    const problem = systemProblem(error)
    if (problem === undefined) throw error
    throw new CliFailure(`${path}: the folder cannot be made: ${problem}`)
  }
}

async function synced(path: string): Promise<void> {
  await using file = await open(path, 'r+')
  await file.sync()
}

/** A file that has come to be there meanwhile is left alone. */
async function nameNew(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path)
    await rm(draft)
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw new CliFailure(`${path}: already exists`)
    // Not every file system has links.
    await rename(draft, path)
  }
}
