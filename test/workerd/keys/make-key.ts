// Keys for tests: a record with every property set, and a stub of a new object that holds it.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { ApiKey } from '../../../src/keys/api-key.ts'
import type { KeyRecord } from '../../../src/keys/record.ts'
import { mintKeyId } from '../../../src/keys/token.ts'

export type KeyStub = DurableObjectStub<ApiKey>

/** Noon of a day in 2026, a whole minute and half a UTC day. */
export const NOON_MS = Date.UTC(2026, 4, 16, 12)

export function keyRecord(changes: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id: mintKeyId(),
    label: 'a label',
    owner: 'an owner',
    tier: 'pro',
    scopes: null,
    collections: null,
    unitsPerMinute: null,
    unitsPerDay: null,
    networks: null,
    createdAtMs: NOON_MS,
    expiresAtMs: null,
    revokedAtMs: null,
    lastFour: 'aB3d',
    ...changes,
  }
}

/** A stub breaks with its object; this gives a new one of the same name. */
export function keyStub(objectName: string): KeyStub {
  return env.API_KEYS.getByName(objectName)
}

export async function makeKey(
  changes: Partial<KeyRecord> = {},
): Promise<{ objectName: string; stub: KeyStub; record: KeyRecord }> {
  const objectName = crypto.randomUUID()
  const record = keyRecord(changes)
  const stub = keyStub(objectName)
  await stub.create(record)
  return { objectName, stub, record }
}

export async function setClock(stub: KeyStub, nowMs: number): Promise<void> {
  await runInDurableObject(stub, (key: ApiKey) => {
    key.clock = () => nowMs
  })
}

/** Admits a request of this many units; true or the reason of the refusal. */
export async function ask(stub: KeyStub, units: number): Promise<true | string> {
  const admission = await stub.admit({ thousandths: units * 1000, clientAddress: null })
  return admission.admitted || admission.reason
}
