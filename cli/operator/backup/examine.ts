// What is in a backup file, known when all of it has been read and found whole.
import type { CollectionState } from '../resources.ts'
import { readBackup } from './backup-reader.ts'
import { dateOfRecord, type Header, type KeyLine, type SectionEnd } from './format.ts'

export type CollectionContents = {
  state: CollectionState
  end: SectionEnd
  /** The last record, by which a sequence is recognised; undefined when there is none. */
  lastLine: Buffer | undefined
}

export type Contents = {
  header: Header
  /** In the order of the file: a view comes after its collection. */
  collections: CollectionContents[]
  /** Undefined when they were left out. */
  keys: { records: number; withoutObjectName: string[]; tiers: string[] } | undefined
  records: number
}

export async function examineBackup(
  file: string,
  examined: (records: number) => void = () => {},
): Promise<Contents> {
  const collections: CollectionContents[] = []
  let header: Header | undefined
  let keys: Contents['keys']
  let state: CollectionState | undefined
  let lastLine: Buffer | undefined
  for await (const event of readBackup(file)) {
    if (event.kind === 'header') header = event.header
    if (event.kind === 'begin') {
      state = event.begin.begin === 'collection' ? event.begin.collection : undefined
      lastLine = undefined
      if (state === undefined) keys = { records: 0, withoutObjectName: [], tiers: [] }
    }
    if (event.kind === 'records') {
      examined(event.lines.length)
      lastLine = event.lines.at(-1)
      if (state === undefined && keys !== undefined) noteKeys(keys, event.lines)
    }
    if (event.kind === 'end' && state !== undefined) {
      collections.push({ state, end: event.end, lastLine: lastLine && Buffer.from(lastLine) })
    }
  }
  if (header === undefined) throw new Error('a backup that was read has a header')
  const records = collections.reduce((sum, { end }) => sum + end.records, 0)
  return { header, collections, keys, records }
}

/** The greatest date that the sequence had: that of its last record, unless what was later is gone. */
export function lastDateOf({ state, lastLine }: CollectionContents): string | null {
  return state.last_added ?? (lastLine === undefined ? null : dateOfRecord(lastLine))
}

function noteKeys(keys: NonNullable<Contents['keys']>, lines: readonly Buffer[]): void {
  for (const line of lines) {
    const { record, object_name } = JSON.parse(line.toString('utf8')) as KeyLine
    keys.records += 1
    if (object_name === null) keys.withoutObjectName.push(record.id)
    const tier = String(record.tier)
    if (!keys.tiers.includes(tier)) keys.tiers.push(tier)
  }
}
