// The three keys that a new server is tried out with. The server keeps no token, so they are kept
// in a private file; a key whose token was lost on the way is revoked and made again.

import { CliFailure } from '../failure.ts'
import type { AdminClient } from '../operator/admin-client.ts'
import { listKeys } from '../operator/list-keys.ts'
import { type IssuedKey, keyPath } from '../operator/resources.ts'
import type { DataFolder } from './data-folder.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

export type DemoKeys = Record<DemoKeyName, string>

type DemoKeyName = (typeof DEMO_KEY_NAMES)[number]

const DEMO_KEY_NAMES = ['pro', 'free', 'writer'] as const
const OWNER = 'npm start'

const GRANTS: Record<DemoKeyName, { tier: string; scopes?: string[] }> = {
  pro: { tier: 'pro' },
  free: { tier: 'free' },
  writer: { tier: 'pro', scopes: ['read:iocs', 'read:stix', 'write:stix'] },
}

export async function makeDemoKeys(client: AdminClient, folder: DataFolder): Promise<void> {
  const listed = await listKeys(client)
  const kept = readKept(folder)
  for (const name of DEMO_KEY_NAMES) {
    const label = `demo ${name}`
    const known = listed.filter((key) => key.owner === OWNER && key.label === label)
    const active = known.filter(({ state }) => state === 'active')
    if (active.some((key) => kept[name]?.endsWith(key.last_four))) continue
    for (const lost of active) {
      await client.call({ method: 'POST', path: `${keyPath(lost.id)}revoke/` })
    }
    const { key } = await client.call<IssuedKey>({
      method: 'POST',
      path: '/admin/keys/',
      json: { ...GRANTS[name], label, owner: OWNER },
    })
    kept[name] = key
    writePrivateFile(folder.demoKeysFile, kept)
  }
}

/** Whether one of them is neither revoked nor expired. */
export async function areDemoKeysGood(client: AdminClient): Promise<boolean> {
  const listed = await listKeys(client)
  return listed.some(({ owner, state }) => owner === OWNER && state === 'active')
}

/** All three, or a CliFailure: keys that were lost cannot be had again. */
export function readDemoKeys(folder: DataFolder): DemoKeys {
  const kept = readKept(folder)
  const { pro, free, writer } = kept
  if (pro !== undefined && free !== undefined && writer !== undefined) return { pro, free, writer }
  const problem = `${folder.demoKeysFile} is missing or lacks a key.`
  throw new CliFailure(`${problem} Restore it, or delete the data folder to begin anew.`)
}

function readKept(folder: DataFolder): Partial<DemoKeys> {
  const kept: Record<string, unknown> = { ...Object(readPrivateFile(folder.demoKeysFile)) }
  return Object.fromEntries(
    DEMO_KEY_NAMES.flatMap((name) => (typeof kept[name] === 'string' ? [[name, kept[name]]] : [])),
  )
}
