// Builds what a test needs through the operator's API: collections, keys, objects.

import type { Answer } from './http.ts'
import { operate } from './http.ts'

let count = 0

export type TestCollection = { id: string; alias: string }

export async function createCollection(
  properties: Record<string, unknown> = {},
): Promise<TestCollection> {
  count++
  const { json } = await operate('POST', '/collections/', {
    title: `Collection ${count}`,
    alias: `collection-${count}`,
    can_write: true,
    ...properties,
  })
  return json
}

export type TestKey = { id: string; key: string; scopes: string[] }

export async function createKey(properties: Record<string, unknown> = {}): Promise<TestKey> {
  const { json } = await operate('POST', '/keys/', { tier: 'pro', ...properties })
  return json
}

export async function createReader(properties: Record<string, unknown> = {}): Promise<string> {
  return (await createKey({ scopes: ['read:iocs', 'read:stix'], ...properties })).key
}

export async function createWriter(properties: Record<string, unknown> = {}): Promise<string> {
  const scopes = ['read:iocs', 'read:stix', 'write:stix']
  return (await createKey({ scopes, ...properties })).key
}

export async function importObjects(into: TestCollection, objects: object[]): Promise<Answer> {
  return await importText(into, JSON.stringify({ objects }))
}

export async function importText(into: TestCollection, text: string): Promise<Answer> {
  return await operate('POST', `/collections/${into.id}/import/`, text)
}
