import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { keepHouse } from '../../src/schedule.ts'
import { ask, ROOT, TAXII } from '../support/http.ts'
import { indicator } from '../support/stix.ts'
import { createCollection, createWriter } from '../support/world.ts'

const HOUR_MS = 3_600_000

describe('housekeeping', () => {
  it('keeps a status for more than a day, and not for ever', async () => {
    const collection = await createCollection()
    const key = await createWriter()
    const { json } = await ask(`${ROOT}/collections/${collection.id}/objects/`, {
      method: 'POST',
      key,
      headers: { 'Content-Type': TAXII },
      body: JSON.stringify({ objects: [indicator()] }),
    })
    const status = async () => (await ask(`${ROOT}/status/${json.id}/`, { key })).status
    await keepHouse(env.DB, Date.now() + 25 * HOUR_MS)
    expect(await status()).toBe(200)
    await keepHouse(env.DB, Date.now() + 49 * HOUR_MS)
    expect(await status()).toBe(404)
  })

  it('keeps the audit log for a year, and not for ever', async () => {
    await createCollection()
    const lines = () => env.DB.prepare('SELECT count(*) AS n FROM audit_log').first<number>('n')
    await keepHouse(env.DB, Date.now() + 366 * 24 * HOUR_MS)
    expect(await lines()).toBeGreaterThan(0)
    await keepHouse(env.DB, Date.now() + 401 * 24 * HOUR_MS)
    expect(await lines()).toBe(0)
  })
})
