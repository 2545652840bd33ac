// Brings a backup back. The file is read as a whole first: one that is cut short or damaged changes
// nothing. Collections come before keys, and are opened for writing when all is there.

import type { Terminal } from '../../terminal.ts'
import type { AdminClient } from '../admin-client.ts'
import type { Server } from '../records/read-records.ts'
import { PORTION, type Portion } from '../records/send-records.ts'
import type { OperatorHealth } from '../resources.ts'
import { readBackup } from './backup-reader.ts'
import { type Comparison, compareBackup } from './compare.ts'
import { type Contents, examineBackup } from './examine.ts'
import { startProgress } from './progress.ts'
import { CollectionRestore, type RestoredCollection } from './restore-collection.ts'
import { KeyRestore, type RestoredKeys } from './restore-keys.ts'
import { type DatabaseChoice, type PlannedCollection, planRestore } from './restore-plan.ts'

export type RestoreOptions = {
  file: string
  databases: DatabaseChoice
  /** Whether the server is compared with the file afterwards. */
  isCompared: boolean
}

export type Restored = {
  collections: RestoredCollection[]
  /** Undefined when the backup has none. */
  keys: RestoredKeys | undefined
  /** Whether the keys' tokens work here: the server has the secret that they were made under. */
  hasSameSecret: boolean
  comparison: Comparison | undefined
}

export async function restoreBackup(
  client: AdminClient,
  terminal: Terminal,
  { file, databases, isCompared }: RestoreOptions,
): Promise<Restored> {
  const server: Server = { client, report: terminal.report }
  const contents = await withProgress(terminal, 'reading', undefined, (read) =>
    examineBackup(file, read),
  )
  const health = await client.call<OperatorHealth>({ path: '/admin/health/' })
  const planned = await planRestore(server, contents, health, databases)
  const hasSameSecret = contents.header.key_secret_fingerprint === health.key_secret_fingerprint
  warn(terminal, contents, health, hasSameSecret)
  const { records } = contents
  const portion = portionFor(health)
  const done = await withProgress(terminal, 'restoring', records, (restored) =>
    restoreAll(server, file, planned, portion, restored),
  )
  const comparison = isCompared
    ? await withProgress(terminal, 'comparing', records, (compared) =>
        compareBackup(server, file, compared),
      )
    : undefined
  return { ...done, hasSameSecret, comparison }
}

async function withProgress<Result>(
  terminal: Terminal,
  name: string,
  total: number | undefined,
  run: (add: (records: number) => void) => Promise<Result>,
): Promise<Result> {
  const progress = startProgress(terminal, name, total)
  try {
    return await run(progress.add)
  } finally {
    progress.stop()
  }
}

/** A server may take less than we would send. */
function portionFor({ max_content_length }: OperatorHealth): Portion {
  return { ...PORTION, bytes: Math.min(PORTION.bytes, max_content_length) }
}

function warn(
  { report }: Terminal,
  { keys }: Contents,
  { tiers }: OperatorHealth,
  hasSameSecret: boolean,
): void {
  if (keys === undefined || keys.records === 0) return
  if (!hasSameSecret) {
    report(
      'The keys of this backup will not work: the server has another KEY_SECRET than the one they were made under. Give it that one.\n',
    )
  }
  const unknown = keys.tiers.filter((tier) => !tiers.includes(tier))
  if (unknown.length > 0) {
    report(
      `Keys of the tier ${unknown.join(', ')} will be refused: the server's TIERS do not have it.\n`,
    )
  }
}

async function restoreAll(
  server: Server,
  file: string,
  planned: readonly PlannedCollection[],
  portion: Portion,
  restored: (records: number) => void,
): Promise<Pick<Restored, 'collections' | 'keys'>> {
  const collections = planned.map((plan) => new CollectionRestore(server, plan, portion))
  let keys: KeyRestore | undefined
  let at = -1
  for await (const event of readBackup(file)) {
    const target = keys ?? collections[at]
    if (event.kind === 'begin') {
      if (event.begin.begin === 'keys') keys = new KeyRestore(server.client)
      else await collections[++at]?.begin()
    } else if (event.kind === 'records') {
      await target?.add(event.lines)
      restored(event.lines.length)
    } else if (event.kind === 'end') {
      await target?.finish()
    }
  }
  for (const each of collections) await each.open()
  return { collections: collections.map(({ result }) => result), keys: keys?.result }
}
