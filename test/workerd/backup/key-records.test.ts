// Keys taken along and brought back: their tokens lead to them, and what the operator decided holds.
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createTokenAuthority } from '../../../src/keys/token.ts'
import { ask, operate, ROOT } from '../../support/http.ts'
import { expectRefusal } from '../../support/refusal.ts'
import { createCollection, createKey } from '../../support/world.ts'

const JSON_TYPE = 'application/json'

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever members the record has
type Line = { record: any; object_name: string | null }

async function exportedKeys(limit = 100): Promise<{ lines: Line[]; text: string }> {
  const lines: Line[] = []
  let text = ''
  for (let after = ''; ; ) {
    const page = await operate('GET', `/key-records/?limit=${limit}${after}`)
    lines.push(...page.json.keys)
    text += page.text
    if (page.json.next === undefined) return { lines, text }
    after = `&after=${page.json.next}`
  }
}

async function lineOf(id: string): Promise<Line> {
  const line = (await exportedKeys()).lines.find(({ record }) => record.id === id)
  if (line === undefined) throw new Error(`${id} is not exported`)
  return line
}

const forget = (id: string) => env.DB.prepare('DELETE FROM api_keys WHERE id = ?1').bind(id).run()
const restoreKeys = async (keys: unknown[]) =>
  (await operate('POST', '/key-records/', { keys })).json
const refusal = async (key: string) => {
  const { status, json } = await ask(`${ROOT}/collections/`, { key })
  return [status, json.error?.code]
}

describe('the export of keys', () => {
  it('has every record in full, page by page, and no token', async () => {
    const { id } = await createCollection()
    const made = [
      await createKey({ label: 'one', owner: 'Example', per_minute: 7, collections: [id] }),
      await createKey({
        tier: 'free',
        networks: ['192.0.2.0/24'],
        expires: '2099-01-01T00:00:00Z',
      }),
    ]
    const { lines, text } = await exportedKeys(1)
    expect(lines[1]?.record).toMatchObject({
      ...{ id: made[0]?.id, label: 'one', owner: 'Example', tier: 'pro', scopes: null },
      ...{ collections: [id], unitsPerMinute: 7, unitsPerDay: null, revokedAtMs: null },
      lastFour: made[0]?.key.slice(-4),
    })
    expect(lines[0]?.record).toMatchObject({ networks: ['192.0.2.0/24'], tier: 'free' })
    for (const { object_name } of lines) expect(object_name).toMatch(/^[0-9a-f]{40}$/)
    for (const { key } of made) expect(text).not.toContain(key.split('_')[1])
  })

  it('says of older keys that the name of their object is not known', async () => {
    const { id } = await createKey()
    await env.DB.prepare('UPDATE api_keys SET object_name = NULL WHERE id = ?1').bind(id).run()
    expect((await lineOf(id)).object_name).toBeNull()
  })

  it('names keys that cannot be read', async () => {
    const { id } = await createKey()
    await env.DB.prepare("UPDATE api_keys SET record = '{}' WHERE id = ?1").bind(id).run()
    const { json } = await operate('GET', '/key-records/?limit=1')
    expect(json).toMatchObject({ keys: [], unreadable: [id] })
    await forget(id)
  })
})

describe('keys that are brought back', () => {
  /** As on another server under the same secret: no object knows the key yet. */
  async function keyOfElsewhere(changes: object = {}) {
    const known = await createKey({ scopes: ['read:stix'], label: 'moved' })
    const { record } = await lineOf(known.id)
    const minted = await createTokenAuthority(env.KEY_SECRET).mint('taxii')
    const id = `key_${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}`
    const moved = { ...record, id, lastFour: minted.lastFour, ...changes }
    return { key: minted.token, line: { record: moved, object_name: minted.objectName } }
  }

  it('are known by their tokens, with all that they may do', async () => {
    const { key, line } = await keyOfElsewhere({ successorOf: 'key_0123456789abcdef' })
    expect(await refusal(key)).toEqual([401, 'invalid_api_key'])
    expect(await restoreKeys([line])).toEqual({ restored: 1, already_there: 0, refused: [] })
    expect(await refusal(key)).toEqual([200, undefined])
    expect(await lineOf(line.record.id)).toEqual(line)
    const { json } = await operate('GET', `/keys/${line.record.id}/`)
    expect(json).toMatchObject({ label: 'moved', scopes: ['read:stix'], state: 'active' })
    await operate('POST', `/keys/${line.record.id}/revoke/`)
    expect(await refusal(key)).toEqual([401, 'revoked_api_key'])
  })

  it('stay revoked and expired', async () => {
    const revoked = await keyOfElsewhere({ revokedAtMs: 1_700_000_000_000 })
    const expired = await keyOfElsewhere({ expiresAtMs: 1_700_000_000_000 })
    await restoreKeys([revoked.line, expired.line])
    expect(await refusal(revoked.key)).toEqual([401, 'revoked_api_key'])
    expect(await refusal(expired.key)).toEqual([401, 'expired_api_key'])
  })

  it('do not undo what their objects were told since', async () => {
    const { id, key } = await createKey({ label: 'before' })
    const line = await lineOf(id)
    await operate('PATCH', `/keys/${id}/`, { label: 'after' })
    await operate('POST', `/keys/${id}/revoke/`)
    // The list is lost; the object is not.
    await forget(id)
    expect(await restoreKeys([line])).toMatchObject({ restored: 0, already_there: 1 })
    expect(await refusal(key)).toEqual([401, 'revoked_api_key'])
    const { json } = await operate('GET', `/keys/${id}/`)
    expect(json).toMatchObject({ label: 'after', state: 'revoked' })
    expect((await lineOf(id)).record).toMatchObject({ label: 'after' })
  })

  it('learn the name of their object where it was not noted', async () => {
    const { id } = await createKey()
    const line = await lineOf(id)
    await env.DB.prepare('UPDATE api_keys SET object_name = NULL WHERE id = ?1').bind(id).run()
    await restoreKeys([line])
    expect(await lineOf(id)).toEqual(line)
  })

  it('are refused one by one where another key is in their place', async () => {
    const one = await createKey()
    const line = await lineOf(one.id)
    const { line: other } = await keyOfElsewhere()
    const good = (await keyOfElsewhere()).line
    const summary = await restoreKeys([
      { ...other, record: { ...other.record, id: one.id } },
      { ...line, record: { ...line.record, id: other.record.id } },
      good,
    ])
    expect(summary).toMatchObject({ restored: 1, already_there: 0 })
    expect(summary.refused).toEqual([
      { id: one.id, message: 'another key has this id' },
      { id: other.record.id, message: 'its object holds another key' },
    ])
    expect(await refusal(one.key)).toEqual([200, undefined])
  })

  it.each<[name: string, change: object, path: string]>([
    ['a name that no object has', { object_name: 'x' }, 'keys.0.object_name'],
    ['no name', { object_name: null }, 'keys.0.object_name'],
    ['a broken record', { record: { id: 'key_x' } }, 'keys.0.record.id'],
  ])('are refused with %s', async (_, change, path) => {
    const { line } = await keyOfElsewhere()
    const answer = await ask('/admin/key-records/', {
      method: 'POST',
      key: env.ADMIN_TOKEN,
      body: JSON.stringify({ keys: [{ ...line, ...change }] }),
    })
    expectRefusal(answer, { status: 400, code: 'invalid_body', contentType: JSON_TYPE })
    expect(answer.json.details.problems[0].path).toBe(path)
  })
})

describe('the fingerprint of the secret', () => {
  it('is the same for the same secret only, and is no part of a token', async () => {
    const { json } = await operate('GET', '/health/')
    const own = await createTokenAuthority(env.KEY_SECRET).fingerprint()
    expect(json.key_secret_fingerprint).toBe(own)
    expect(own).toMatch(/^[0-9a-f]{16}$/)
    expect(await createTokenAuthority(`${env.KEY_SECRET}x`).fingerprint()).not.toBe(own)
    expect(env.KEY_SECRET).not.toContain(own)
  })
})
