// Takes a backup: each collection and then its views up to where they stood at the beginning, which
// is one moment for all of them, and the records of the keys.

import { CliFailure } from '../../failure.ts'
import type { Terminal } from '../../terminal.ts'
import type { AdminClient } from '../admin-client.ts'
import { readRecords, type Server } from '../records/read-records.ts'
import { type CollectionState, collectionPath, type OperatorHealth } from '../resources.ts'
import { BackupWriter } from './backup-writer.ts'
import { FORMAT, FORMAT_VERSION, type Header, type KeyLine } from './format.ts'
import { startProgress } from './progress.ts'

export type BackupOptions = {
  /** A file that is not there yet, by a name in `.gz`, or a folder. */
  out: string
  /** Ids or aliases; undefined = all, and the keys as well. */
  collections: string[] | undefined
}

export type TakenCollection = {
  id: string
  alias: string | null
  records: number
  /** Something was deleted while the records were read: some may be in the file all the same. */
  has_deletions_meanwhile: boolean
}

export type TakenBackup = {
  file: string
  bytes: number
  sha256: string
  collections: TakenCollection[]
  /** Null = left out. */
  keys: { records: number; without_object_name: string[]; unreadable: string[] } | null
}

export async function takeBackup(
  client: AdminClient,
  terminal: Terminal,
  options: BackupOptions,
): Promise<TakenBackup> {
  const server: Server = { client, report: terminal.report }
  const { key_secret_fingerprint } = await client.call<OperatorHealth>({ path: '/admin/health/' })
  const chosen = choose(await listCollections(client), options.collections)
  const header: Header = {
    format: FORMAT,
    version: FORMAT_VERSION,
    created: new Date().toISOString(),
    server: client.url,
    key_secret_fingerprint,
  }
  const writer = await BackupWriter.create(options.out, header)
  try {
    const collections: TakenCollection[] = []
    for (const each of chosen)
      collections.push(await takeCollection(server, terminal, writer, each))
    const keys = options.collections === undefined ? await takeKeys(client, writer) : null
    return { file: writer.path, ...(await writer.finish()), collections, keys }
  } catch (error) {
    await writer.discard()
    throw error
  }
}

async function listCollections(client: AdminClient): Promise<CollectionState[]> {
  const path = '/admin/collections/'
  return (await client.call<{ collections: CollectionState[] }>({ path })).collections
}

/** Each collection is followed by its views, since they are nothing without it. */
function choose(all: CollectionState[], names: string[] | undefined): CollectionState[] {
  const roots = all.filter(({ view_of }) => view_of === null)
  const wanted = names?.map((name) => requireRoot(all, name)) ?? roots
  return roots
    .filter((root) => wanted.includes(root))
    .flatMap((root) => [root, ...all.filter(({ view_of }) => view_of === root.id)])
}

function requireRoot(all: CollectionState[], name: string): CollectionState {
  const found = all.find(({ id, alias }) => id === name || alias === name)
  if (found === undefined) throw new CliFailure(`There is no collection ${name}`)
  if (found.view_of === null) return found
  const { alias, id } = all.find((each) => each.id === found.view_of) ?? found
  throw new CliFailure(`${name} is a view; it goes with its collection, ${alias ?? id}`)
}

async function takeCollection(
  server: Server,
  terminal: Terminal,
  writer: BackupWriter,
  collection: CollectionState,
): Promise<TakenCollection> {
  const { id, alias, last_added: through, revision } = collection
  await writer.beginCollection(collection)
  const progress = startProgress(terminal, alias ?? id, undefined)
  try {
    if (through !== null) {
      for await (const { lines, count } of readRecords(server, id, { through })) {
        await writer.addRecords(lines, count)
        progress.add(count)
      }
    }
  } finally {
    progress.stop()
  }
  const after = await server.client.call<CollectionState>({ path: collectionPath(id) })
  const { records } = await writer.end('collection', after.revision)
  return { id, alias, records, has_deletions_meanwhile: after.revision !== revision }
}

type KeyPage = { keys: KeyLine[]; unreadable: string[]; next?: string }

const KEYS_A_PAGE = 1_000

async function takeKeys(client: AdminClient, writer: BackupWriter): Promise<TakenBackup['keys']> {
  const without_object_name: string[] = []
  const unreadable: string[] = []
  await writer.beginKeys()
  let after: string | undefined
  do {
    const query = new URLSearchParams({ limit: String(KEYS_A_PAGE), ...(after && { after }) })
    const page = await client.call<KeyPage>({ path: `/admin/key-records/?${query}` })
    await writer.addKeys(page.keys)
    unreadable.push(...page.unreadable)
    without_object_name.push(
      ...page.keys.filter((key) => key.object_name === null).map(({ record }) => record.id),
    )
    after = page.next
  } while (after !== undefined)
  const { records } = await writer.end('keys')
  return { records, without_object_name, unreadable }
}
