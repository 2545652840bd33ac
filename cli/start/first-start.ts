// What a new server begins with: three collections, the sample feed, demo keys, or none of them.
// Every step can be repeated, and is until all were done once; from then on the operator's changes
// stand.

import { CliFailure } from '../failure.ts'
import type { AdminClient } from '../operator/admin-client.ts'
import { type CollectionState, collectionPath, type ImportSummary } from '../operator/resources.ts'
import { sampleFeed } from '../sample-feed/feed.ts'
import type { DataFolder } from './data-folder.ts'
import { areDemoKeysGood, type DemoKeys, makeDemoKeys, readDemoKeys } from './demo-keys.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

type FirstStart = {
  /** Dates the sample feed, so that a repeated step makes the same objects. */
  begun: string
  /** Absent in what an earlier release wrote: true; so below. */
  hasCollections?: boolean
  hasSample: boolean
  hasDemoKeys?: boolean
  isComplete: boolean
}

export type Beginning = { withCollections: boolean; withSample: boolean; withDemoKeys: boolean }

/** Keys are undefined where there are none, or none are to be told. */
export type Prepared = {
  collections: CollectionState[]
  keys: DemoKeys | undefined
  begun: string
}

const MAIN_ALIAS = 'soc-defenders-all'
const SHARED_TYPES = ['identity', 'marking-definition']
const NETWORK_SUBTYPES = [
  'autonomous-system',
  'domain-name',
  'email-addr',
  'email-message',
  'ipv4-addr',
  'ipv6-addr',
  'mac-addr',
  'network-traffic',
  'url',
]

const COLLECTIONS = [
  {
    alias: MAIN_ALIAS,
    title: 'SOC Defenders All',
    description: 'Every object of the feed',
    can_write: true,
  },
  {
    alias: 'soc-defenders-network',
    title: 'SOC Defenders Network',
    description: 'Indicators about addresses, domains, URLs and other things seen on a network',
    view: { of: MAIN_ALIAS, types: SHARED_TYPES, subtypes: NETWORK_SUBTYPES },
  },
  {
    alias: 'soc-defenders-hashes',
    title: 'SOC Defenders Hashes',
    description: 'Indicators about files',
    view: { of: MAIN_ALIAS, types: SHARED_TYPES, subtypes: ['file'] },
  },
]

const SAMPLE_SEED = 1
const OBJECTS_PER_REQUEST = 1_000

export async function prepareFirstStart(
  client: AdminClient,
  folder: DataFolder,
  { withCollections, withSample, withDemoKeys }: Beginning,
  report: (text: string) => void,
): Promise<Prepared> {
  const plan = readPlan(folder) ?? {
    begun: new Date().toISOString(),
    hasCollections: withCollections,
    hasSample: withCollections && withSample,
    hasDemoKeys: withDemoKeys,
    isComplete: false,
  }
  const { hasCollections = true, hasDemoKeys = true } = plan
  if (!plan.isComplete) {
    writePrivateFile(folder.firstStartFile, plan)
    if (hasCollections) await createCollections(client)
    if (plan.hasSample) await loadSample(client, plan.begun, report)
    if (hasDemoKeys) await makeDemoKeys(client, folder)
    writePrivateFile(folder.firstStartFile, { ...plan, isComplete: true })
  }
  const { collections } = await listCollections(client)
  if (hasDemoKeys && !withDemoKeys && (await areDemoKeysGood(client))) {
    report('The demo keys of the first start are still good. Revoke them: cli key list\n')
  }
  const keys = hasDemoKeys && withDemoKeys ? readDemoKeys(folder) : undefined
  return { collections, keys, begun: plan.begun }
}

function readPlan(folder: DataFolder): FirstStart | undefined {
  const kept = readPrivateFile(folder.firstStartFile)
  if (kept === undefined || isFirstStart(kept)) return kept
  throw new CliFailure(
    `${folder.firstStartFile} cannot be used. Restore it, or delete the data folder to begin anew.`,
  )
}

function isFirstStart(value: unknown): value is FirstStart {
  if (typeof value !== 'object' || value === null) return false
  const { begun, hasSample, isComplete, ...added }: Record<string, unknown> = { ...value }
  const { hasCollections = true, hasDemoKeys = true } = added
  const flags = [hasSample, isComplete, hasCollections, hasDemoKeys]
  return (
    typeof begun === 'string' &&
    !Number.isNaN(Date.parse(begun)) &&
    flags.every((flag) => typeof flag === 'boolean')
  )
}

async function listCollections(client: AdminClient) {
  return await client.call<{ collections: CollectionState[] }>({ path: '/admin/collections/' })
}

async function createCollections(client: AdminClient): Promise<void> {
  const { collections } = await listCollections(client)
  for (const collection of COLLECTIONS) {
    if (collections.some(({ alias }) => alias === collection.alias)) continue
    await client.call({ method: 'POST', path: '/admin/collections/', json: collection })
  }
}

async function loadSample(
  client: AdminClient,
  begun: string,
  report: (text: string) => void,
): Promise<void> {
  const objects = sampleFeed(SAMPLE_SEED, Date.parse(begun))
  report(`Loading the sample feed, ${objects.length} objects\n`)
  for (let at = 0; at < objects.length; at += OBJECTS_PER_REQUEST) {
    const { refused } = await client.call<ImportSummary>({
      method: 'POST',
      path: `${collectionPath(MAIN_ALIAS)}import/`,
      json: { objects: objects.slice(at, at + OBJECTS_PER_REQUEST) },
    })
    const [first] = refused
    if (first !== undefined) {
      throw new Error(`the sample object ${first.id} was refused: ${first.message}`)
    }
  }
}
