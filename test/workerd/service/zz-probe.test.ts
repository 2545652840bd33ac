import { exports } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { ask, ROOT, requestOf } from '../../support/http.ts'
import { indicators } from '../../support/stix.ts'
import { createCollection, createWriter, importObjects } from '../../support/world.ts'
import { pageParameters } from '../../../src/taxii/parameters.ts'

it('probe', async () => {
  const collection = await createCollection()
  const key = await createWriter()
  await importObjects(collection, indicators(20))
  const path = `${ROOT}/collections/${collection.id}/objects/`
  const out: unknown[] = []
  const names = Object.keys(pageParameters).filter((n) => n.startsWith('match['))
  const val = (n: string, i: number) =>
    /-gte|-lte/.test(n)
      ? /confidence|number|port/.test(n) ? '5' : '2024-01-01T00:00:00Z'
      : n === 'match[version]' ? 'all' : n === 'match[spec_version]' ? '2.1'
      : n === 'match[revoked]' ? 'false' : n === 'match[tlp]' ? 'red' : `v${i}`
  const one = names.map((n, i) => `${n}=${val(n, i)}`).join('&')
  let r = await ask(`${path}?${one}`, { key })
  out.push(['all filters', names.length, r.status, r.text.slice(0, 200)])
  const many = names.map((n, i) => /-gte|-lte|version|revoked|tlp/.test(n) ? `${n}=${val(n, i)}` : `${n}=${Array.from({ length: 100 }, (_, j) => `${'v'.repeat(30)}${j}`).join(',')}`).join('&')
  r = await ask(`${path}?${many}`, { key })
  out.push(['all filters x100', many.length, r.status, r.text.slice(0, 300)])
  for (const n of names) {
    if (/-gte|-lte|version|revoked|tlp/.test(n)) continue
    const v = Array.from({ length: 100 }, (_, j) => `%00'"\\${'é'.repeat(200)}${j}`).join(',')
    r = await ask(`${path}?${n}=${v}`, { key })
    if (r.status !== 200) out.push([n, r.status, r.text.slice(0, 300)])
  }
  for (const n of ['match[confidence-gte]', 'match[number-lte]']) for (const v of ['1e400', '-0', '9'.repeat(400), '1.5', '٣']) {
    r = await ask(`${path}?${n}=${v}`, { key })
    out.push([n, v.slice(0, 10), r.status, r.text.slice(0, 100)])
  }
  for (const e of ['gzip;q=0.0', '*', '*;q=0', 'x-gzip', 'gzip;q=x', 'gzip;q=0.001', 'identity;q=0', 'gzip ; q=0', 'not-gzip', 'gzipx']) {
    const resp = await exports.default.fetch(requestOf(path, { key, headers: { 'Accept-Encoding': e } }))
    const b = new Uint8Array(await resp.arrayBuffer())
    out.push([e, resp.status, resp.headers.get('content-encoding'), b[0] === 0x1f])
  }
  const etag = (await ask(path, { key })).headers.get('ETag') ?? ''
  for (const v of [etag, etag.slice(2), `"x", ${etag}`, '*', `${etag},`, 'x']) {
    r = await ask(path, { key, headers: { 'If-None-Match': v } })
    out.push([v, r.status, r.headers.get('X-RateLimit-Limit'), r.headers.get('Vary'), r.headers.get('Content-Type'), r.headers.get('cache-control')])
  }
  for (const [p, m] of [['?limit=5', 'PROPFIND'], ['', 'TRACE'], ['', 'get']] as const) {
    try { r = await ask(path + p, { key, method: m }); out.push([m, r.status, r.text.slice(0, 120)]) } catch (e) { out.push([m, String(e)]) }
  }
  r = await ask(`${path}?api_key=${key}&api_key=x`); out.push(['two api_key', r.status])
  r = await ask(`${path}?api_key=x&api_key=${key}`); out.push(['two api_key 2', r.status])
  const big = await ask(`${path}?${'match[id]=' + Array.from({ length: 100 }, () => 'x'.repeat(600)).join(',')}&limit=1`, { key })
  out.push(['long ids', big.status])
  r = await ask(`${path}?limit=2&match[id]=${Array.from({ length: 99 }, (_, i) => 'y'.repeat(700) + i).join(',')},${(await ask(path, { key })).json.objects.slice(0, 1)[0].id}&`, { key })
  out.push(['long', r.status, r.json?.next?.length])
  const ids = (await ask(path, { key })).json.objects.map((o: any) => o.id)
  r = await ask(`${path}?limit=2&match[id]=${Array.from({ length: 90 }, (_, i) => 'y'.repeat(700) + i).join(',')},${ids.slice(0, 5)}`, { key })
  out.push(['long2', r.status, r.json?.next?.length])
  r = await ask(`${path}?next=${r.json?.next}`, { key })
  out.push(['long2 next', r.status, r.text.slice(0, 200)])
  console.log(out.map((o) => JSON.stringify(o)).join('\n'))
  expect(1).toBe(1)
})
