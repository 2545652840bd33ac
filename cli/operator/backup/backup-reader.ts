// Reads a backup file and checks it on the way: what it gives is as it was written, and when it
// comes to its end the file was whole. Memory does not grow with the file.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { CliFailure, systemCode, systemProblem } from '../../failure.ts'
import {
  dateOfRecord,
  FORMAT,
  FORMAT_VERSION,
  type Header,
  isSectionEnd,
  LINE_BREAK,
  parseKeyLine,
  parseObject,
  type SectionBegin,
  type SectionEnd,
  type Trailer,
} from './format.ts'

/** In the order of the file; a section's records come in groups of any size. */
export type BackupEvent =
  | { kind: 'header'; header: Header }
  | { kind: 'begin'; begin: SectionBegin }
  /** Without their line breaks. Of keys, lines that `parseKeyLine` reads. */
  | { kind: 'records'; lines: Buffer[] }
  | { kind: 'end'; end: SectionEnd }

const CHUNK_BYTES = 1 << 20

/** Throws CliFailure at the first thing that is not as it was written. */
export async function* readBackup(path: string): AsyncGenerator<BackupEvent> {
  const parser = new BackupParser(path)
  try {
    for await (const lines of readLines(path)) yield* parser.take(lines)
    parser.requireEnd()
  } catch (error) {
    throw error instanceof CutShort ? parser.cutShort() : readingFailure(path, error)
  }
}

class CutShort extends Error {}

async function* readLines(path: string): AsyncGenerator<Buffer[]> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  // An error of either reaches the reader of the second.
  pipeline(createReadStream(path, { highWaterMark: CHUNK_BYTES }), gunzip, () => {})
  let begun: Buffer[] = []
  for await (const chunk of gunzip as AsyncIterable<Buffer>) {
    const lines: Buffer[] = []
    let from = 0
    for (let end = chunk.indexOf(LINE_BREAK); end >= 0; end = chunk.indexOf(LINE_BREAK, from)) {
      lines.push(Buffer.concat([...begun, chunk.subarray(from, end)]))
      begun = []
      from = end + 1
    }
    if (from < chunk.length) begun.push(chunk.subarray(from))
    if (lines.length > 0) yield lines
  }
  if (begun.length > 0) throw new CutShort()
}

type Section = { digest: ReturnType<typeof createHash>; records: number; date: string }

class BackupParser {
  readonly #path: string
  readonly #whole = createHash('sha256')
  #place: 'header' | 'between' | 'section' | 'over' = 'header'
  #section: Section | undefined
  #isOfKeys = false
  #sections = 0
  #records = 0

  constructor(path: string) {
    this.#path = path
  }

  *take(lines: readonly Buffer[]): Generator<BackupEvent> {
    let records: Buffer[] = []
    for (const line of lines) {
      if (this.#section !== undefined && !isSectionEnd(line)) {
        this.#takeRecord(this.#section, line)
        records.push(line)
        continue
      }
      if (records.length > 0) yield { kind: 'records', lines: records }
      records = []
      const event = this.#takeMark(line)
      if (event !== undefined) yield event
    }
    if (records.length > 0) yield { kind: 'records', lines: records }
  }

  requireEnd(): void {
    if (this.#place !== 'over') throw this.cutShort()
  }

  cutShort(): CliFailure {
    return this.#failure(this.#place === 'header' ? 'is no backup' : 'is cut short')
  }

  #takeRecord(section: Section, line: Buffer): void {
    this.#digest(line)
    section.digest.update(line).update('\n')
    section.records += 1
    if (this.#isOfKeys) this.#requireKey(line)
    else this.#requireLater(section, line)
  }

  #requireLater(section: Section, line: Buffer): void {
    const date = dateOfRecord(line)
    if (date <= section.date) throw this.#failure(`is damaged: ${date} follows ${section.date}`)
    section.date = date
  }

  /** Whoever is given a key looks into it before the section's digest has been compared. */
  #requireKey(line: Buffer): void {
    if (parseKeyLine(line.toString('utf8')) === undefined) throw this.#failure('is damaged')
  }

  #takeMark(line: Buffer): BackupEvent | undefined {
    if (this.#place === 'over') throw this.#failure('goes on behind its end')
    const mark = this.#parsed(line)
    if (this.#place === 'header') return this.#takeHeader(line, mark)
    if ('trailer' in mark) return this.#takeTrailer(mark as Trailer)
    this.#digest(line)
    if ('begin' in mark) return this.#begin(mark as SectionBegin)
    if ('end' in mark && this.#section !== undefined) return this.#end(mark as SectionEnd)
    throw this.#failure('is damaged: a line in it is none of a backup')
  }

  #takeHeader(line: Buffer, mark: object): BackupEvent {
    const { format, version } = mark as Partial<Header>
    if (format !== FORMAT) throw this.#failure('is no backup')
    if (version !== FORMAT_VERSION) {
      throw this.#failure(`is a backup of version ${version}; this release reads ${FORMAT_VERSION}`)
    }
    this.#digest(line)
    this.#place = 'between'
    return { kind: 'header', header: mark as Header }
  }

  #begin(begin: SectionBegin): BackupEvent {
    if (!isSectionBegin(begin))
      throw this.#failure('is damaged: it holds a section of no known kind')
    this.#section = { digest: createHash('sha256'), records: 0, date: '' }
    this.#isOfKeys = begin.begin === 'keys'
    this.#place = 'section'
    this.#sections += 1
    return { kind: 'begin', begin }
  }

  #end(end: SectionEnd): BackupEvent {
    const { digest, records } = this.#section ?? { records: -1 }
    if (end.records !== records || end.sha256 !== digest?.digest('hex')) {
      throw this.#failure('is damaged: a section is not as it was written')
    }
    this.#records += records
    this.#section = undefined
    this.#place = 'between'
    return { kind: 'end', end }
  }

  #takeTrailer({ trailer }: Trailer): undefined {
    const { sections, records, sha256 } = trailer
    const isWhole = sections === this.#sections && records === this.#records
    if (!isWhole || sha256 !== this.#whole.digest('hex')) {
      throw this.#failure('is damaged: it is not as it was written')
    }
    this.#place = 'over'
  }

  #digest(line: Buffer): void {
    this.#whole.update(line).update('\n')
  }

  #parsed(line: Buffer): object {
    const value = parseObject(line.toString('utf8'))
    if (value !== undefined) return value
    throw this.#failure(this.#place === 'header' ? 'is no backup' : 'is damaged')
  }

  #failure(problem: string): CliFailure {
    return new CliFailure(`${this.#path} ${problem}`)
  }
}

function isSectionBegin(mark: SectionBegin): boolean {
  if (mark.begin === 'keys') return true
  return mark.begin === 'collection' && typeof mark.collection?.id === 'string'
}

function readingFailure(path: string, error: unknown): unknown {
  if (error instanceof CliFailure) return error
  const code = systemCode(error)
  if (code === 'Z_BUF_ERROR') return new CliFailure(`${path} is cut short`)
  if (code?.startsWith('Z_')) return new CliFailure(`${path} is no backup, or is damaged`)
  const problem = systemProblem(error)
  return problem === undefined ? error : new CliFailure(`${path}: ${problem}`)
}
