import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { ask, operate, ROOT } from '../../support/http.ts'
import { indicators } from '../../support/stix.ts'
import { createCollection, createKey, createReader, importObjects } from '../../support/world.ts'

const collections = `${ROOT}/collections/`

async function refusal(key: string): Promise<[number, string | undefined]> {
  const { status, json } = await ask(collections, { key })
  return [status, json.error?.code]
}

describe('the life of a key', () => {
  it('ends with the next request once it is revoked', async () => {
    const { id, key } = await createKey()
    expect((await ask(collections, { key })).status).toBe(200)
    const { json } = await operate('POST', `/keys/${id}/revoke/`)
    expect(json.state).toBe('revoked')
    expect(await refusal(key)).toEqual([401, 'revoked_api_key'])
    expect((await operate('GET', `/keys/${id}/`)).json.state).toBe('revoked')
  })

  it('goes on under a new token for the overlap of a rotation', async () => {
    const old = await createKey({ scopes: ['read:stix'], label: 'siem', per_minute: 50 })
    const { json: fresh } = await operate('POST', `/keys/${old.id}/rotate/`, {
      overlap_seconds: 60,
    })
    expect(fresh).toMatchObject({ scopes: ['read:stix'], label: 'siem', per_minute: 50 })
    expect(fresh.key).not.toBe(old.key)
    for (const key of [old.key, fresh.key]) expect((await refusal(key))[0]).toBe(200)
    await operate('POST', `/keys/${old.id}/rotate/`, { overlap_seconds: 0 })
    expect(await refusal(old.key)).toEqual([401, 'expired_api_key'])
    expect((await refusal(fresh.key))[0]).toBe(200)
  })

  it('ends at the instant it expires', async () => {
    const { key } = await createKey({ expires: '2020-01-01T00:00:00Z' })
    expect(await refusal(key)).toEqual([401, 'expired_api_key'])
  })

  it('takes a change of scopes, tier and collections with the next request', async () => {
    const collection = await createCollection()
    const { id, key } = await createKey({ tier: 'free' })
    const objects = `${collections}${collection.id}/objects/`
    expect((await ask(objects, { key })).json.error).toMatchObject({
      code: 'insufficient_scope',
      details: { required_scope: 'read:stix', your_scopes: ['read:iocs'] },
    })
    await operate('PATCH', `/keys/${id}/`, { tier: 'pro' })
    const page = await ask(objects, { key })
    expect([page.status, page.headers.get('X-RateLimit-Limit')]).toEqual([200, '1000'])
    const other = await createCollection()
    await operate('PATCH', `/keys/${id}/`, { collections: [other.alias] })
    expect((await ask(objects, { key })).status).toBe(404)
    await operate('PATCH', `/keys/${id}/`, { collections: null })
    expect((await ask(objects, { key })).status).toBe(200)
  })

  it('is bound to the networks it was given', async () => {
    const { key } = await createKey({ networks: ['192.0.2.0/24'] })
    const from = (address: string) =>
      ask(collections, { key, headers: { 'CF-Connecting-IP': address } })
    expect((await from('192.0.2.9')).status).toBe(200)
    expect((await from('198.51.100.1')).status).toBe(403)
  })

  it('shows its networks in one way of writing them, single addresses too', async () => {
    const networks = ['192.0.2.9', '198.51.100.77/24', '2001:DB8:0:0:1::/64', '::ffff:10.1.2.3/112']
    const { id, key } = await createKey({ networks })
    const { json } = await operate('GET', `/keys/${id}/`)
    const kept = ['192.0.2.9/32', '198.51.100.0/24', '2001:db8::/64', '10.1.0.0/16']
    expect(json.networks).toEqual(kept)
    const headers = { 'CF-Connecting-IP': '192.0.2.9' }
    expect((await ask(collections, { key, headers })).status).toBe(200)
    const changed = await operate('PATCH', `/keys/${id}/`, { networks: ['192.0.2.10'] })
    expect(changed.json.networks).toEqual(['192.0.2.10/32'])
    expect((await ask(collections, { key, headers })).status).toBe(403)
  })
})

describe('the list of keys', () => {
  it('shows every key, newest first, page by page, and no token', async () => {
    const made = [await createKey(), await createKey(), await createKey()]
    const seen: { id: string; last_four: string }[] = []
    let after = ''
    for (let pages = 0; pages < 100; pages++) {
      const { json, text } = await operate('GET', `/keys/?limit=2${after}`)
      for (const { key } of made) expect(text).not.toContain(key)
      seen.push(...json.keys)
      if (json.next === undefined) break
      after = `&after=${json.next}`
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length)
    for (const { id, key } of made) {
      expect(seen).toContainEqual(expect.objectContaining({ id, last_four: key.slice(-4) }))
    }
  })
})

describe('creating a key', () => {
  it.each([
    [{ tier: 'platinum' }, 'tier'],
    [{ tier: 'free', scopes: ['read:everything'] }, 'scopes.0'],
    [{ tier: 'free', collections: ['no-such'] }, 'collections'],
    [{ tier: 'free', expires: 'soon' }, 'expires'],
    [{ tier: 'free', networks: ['10.0.0.0/99'] }, 'networks.0'],
    [{ tier: 'free', per_minute: -1 }, 'per_minute'],
    [{ tier: 'free', colour: 'red' }, 'body'],
    [{}, 'tier'],
  ])('%j is refused by name', async (body, path) => {
    const sent = { method: 'POST', key: env.ADMIN_TOKEN, body: JSON.stringify(body) }
    const { status, json } = await ask('/admin/keys/', sent)
    expect([status, json.details.problems[0].path]).toEqual([400, path])
  })
})

describe('usage of a key', () => {
  it('tells what was served and how far behind the head it is', async () => {
    const collection = await createCollection()
    await importObjects(collection, indicators(10))
    const key = await createReader()
    const { keys } = (await operate('GET', '/keys/?limit=1')).json
    await ask(`${collections}${collection.id}/objects/?limit=4`, { key })
    await ask(collections, { key })
    const { json } = await operate('GET', `/keys/${keys[0].id}/usage/`)
    expect(json.minutes.at(-1)).toMatchObject({ requests: 2, units: 3.5, objects: 4 })
    expect(json.minutes.at(-1).bytes).toBeGreaterThan(1_000)
    expect(json.reads).toEqual([
      expect.objectContaining({ collection: collection.id, objects_behind: 6, or_more: false }),
    ])
    expect(json.reads[0].seconds_behind).toBeGreaterThan(0)
  })

  it('counts what was refused by its reason', async () => {
    const { id, key } = await createKey({ per_minute: 1 })
    await ask(collections, { key })
    await ask(collections, { key })
    const { json } = await operate('GET', `/keys/${id}/usage/`)
    expect(json.days.at(-1)).toMatchObject({ requests: 1, refused: { minute: 1 } })
  })
})
