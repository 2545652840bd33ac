import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { it } from 'vitest'
import { app } from '../../../src/app.ts'
import { MeteredDatabase } from '../../support/metered-database.ts'
import { answerOf, requestOf, ROOT, operate } from '../../support/http.ts'
import { identity, indicator, indicators } from '../../support/stix.ts'
import { createCollection, createWriter, importObjects } from '../../support/world.ts'
import { keepHouse } from '../../../src/store/housekeeping.ts'
import { databasesOf } from '../../../src/store/databases.ts'

it('explores', { timeout: 120000 }, async () => {
  const metered = new MeteredDatabase(env.DB)
  const e = { ...env, DB: metered, DB_2: undefined } as unknown as Env
  const key = await createWriter({ tier: 'pro', per_minute: 100000 })
  const c = await createCollection()
  const big = indicators(2500)
  const send = async (path: string, asked = {}) => {
    const ctx = createExecutionContext()
    const a = await answerOf(await app.fetch(requestOf(path, { key, ...asked }), e, ctx))
    return a
  }
  const show = async (what: string, path: string, asked = {}) => {
    metered.take()
    const a = await send(`${ROOT}/collections/${c.id}/${path}`, asked)
    await new Promise((r) => setTimeout(r, 50))
    console.log(what.padEnd(40), a.status, JSON.stringify(metered.take()), a.json?.objects?.length ?? '')
    return a
  }
  const post = (objects: object[]) => ({ method: 'POST', headers: { 'Content-Type': 'application/taxii+json;version=2.1' }, body: JSON.stringify({ objects }) })
  const adminImport = async (what: string, objects: object[]) => {
    metered.take()
    const r = await app.fetch(requestOf(`/admin/collections/${c.id}/import/`, { method: 'POST', key: env.ADMIN_TOKEN, body: JSON.stringify({ objects }) }), e, createExecutionContext())
    const a = await answerOf(r)
    console.log(what.padEnd(40), a.status, JSON.stringify(metered.take()))
  }
  await adminImport('import 2500', big)
  const one = indicator()
  await show('POST 1', 'objects/', post([one]))
  await show('POST 1 again', 'objects/', post([one]))
  await show('POST 10', 'objects/', post(indicators(10)))
  await show('POST 100', 'objects/', post(indicators(100)))
  await show('POST new version of 1', 'objects/', post([{ ...one, modified: '2025-01-01T00:00:00.000Z' }]))
  await show('POST third version of 1', 'objects/', post([{ ...one, modified: '2025-01-02T00:00:00.000Z' }]))
  await adminImport('import 100 new versions', big.slice(0,100).map((o) => ({ ...o, modified: '2025-01-01T00:00:00.000Z' })))
  await show('DELETE one (3 versions)', `objects/${one.id}/`, { method: 'DELETE' })
  await show('DELETE one (1 version)', `objects/${big[500]!.id}/`, { method: 'DELETE' })
  const p = await show('page 100', 'objects/?limit=100')
  await show('page 100 again', 'objects/?limit=100')
  await show('page 1000', 'objects/?limit=1000')
  const d = p.headers.get('X-TAXII-Date-Added-Last')
  await show('page 1000 from pos', `objects/?limit=1000&added_after=${d}`)
  await new Promise((r) => setTimeout(r, 2100))
  await show('page 50 after 2 s', `objects/?limit=50&added_after=${d}`)
  await show('manifest 100', 'manifest/?limit=100')
  await show('manifest 1000', 'manifest/?limit=1000')
  await show('by id', `objects/${big[7]!.id}/`)
  await show('by id, old versions', `objects/${big[7]!.id}/?match[version]=all`)
  await show('versions', `objects/${big[7]!.id}/versions/`)
  await show('unknown object', `objects/indicator--${crypto.randomUUID()}/`)
  await show('match[type]=indicator 100', 'objects/?limit=100&match[type]=indicator')
  await show('match[type]=ipv4-addr 100', 'objects/?limit=100&match[type]=ipv4-addr')
  await show('match[type] two 100', 'objects/?limit=100&match[type]=ipv4-addr,identity')
  await show('match[version]=all 100', 'objects/?limit=100&match[version]=all')
  await show('match[version]=all 1000', 'objects/?limit=1000&match[version]=all')
  await show('match[value] 100', 'objects/?limit=100&match[value]=198.51.100.7')
  await show('confidence-gte none matches', 'objects/?limit=100&match[confidence-gte]=5')
  await show('pattern_type all match', 'objects/?limit=100&match[pattern_type]=stix')
  await show('x_sort', 'objects/?limit=100&x_sort=desc')
  await show('collections', '../')
  await show('collection', '')
  await show('head poll', `objects/?added_after=2100-01-01T00:00:00Z`)
  await new Promise((r) => setTimeout(r, 2100))
  await show('head poll, facts gone', `objects/?added_after=2100-01-01T00:00:00Z`)
  await show('unknown collection', `../${crypto.randomUUID()}/`)
  await operate('POST', '/collections/', { title: 'v1', alias: 'v1', view_of: c.id, selects: { types: ['indicator'] } }).catch((e) => console.log(String(e)))
  metered.take()
  const bounds = { nowMs: Date.now(), cause: 'x' }
  await keepHouse({ home: { name: 'DB', d1: metered as unknown as D1Database }, all: [{ name: 'DB', d1: metered as unknown as D1Database }] }, bounds)
  console.log('housekeeping idle', JSON.stringify(metered.take()))
  for (const path of ['/admin/metrics', '/admin/health/', '/admin/keys/']) {
    await app.fetch(requestOf(path, { key: env.ADMIN_TOKEN }), e, createExecutionContext())
    console.log(path, JSON.stringify(metered.take()))
  }
})
