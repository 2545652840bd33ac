import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { ask, operate } from '../../support/http.ts'
import { indicator } from '../../support/stix.ts'
import { createCollection, createKey, importObjects } from '../../support/world.ts'

async function auditLines(query = '') {
  return (await operate('GET', `/audit/${query}`)).json
}

describe('operators', () => {
  it('get a token each, by which they are known until it is revoked', async () => {
    const { json: alice } = await operate('POST', '/operators/', { name: 'alice' })
    expect((await ask('/admin/health/', { key: alice.token })).json.operator).toBe('alice')
    const { json: listed } = await operate('GET', '/operators/')
    expect(JSON.stringify(listed)).not.toContain(alice.token)
    expect(listed.operators).toContainEqual(
      expect.objectContaining({ name: 'alice', last_four: alice.token.slice(-4) }),
    )
    await operate('POST', `/operators/${alice.id}/revoke/`)
    const refused = await ask('/admin/health/', { key: alice.token })
    expect([refused.status, refused.json.error.code]).toEqual([401, 'invalid_operator_token'])
  })

  it('have names of their own', async () => {
    await operate('POST', '/operators/', { name: 'bob' })
    const body = JSON.stringify({ name: 'bob' })
    const again = await ask('/admin/operators/', { method: 'POST', key: env.ADMIN_TOKEN, body })
    expect([again.status, again.json.details.property]).toEqual([409, 'name'])
  })

  it('are stored as a hash only', async () => {
    const { json } = await operate('POST', '/operators/', { name: 'carol' })
    const row = await env.DB.prepare('SELECT * FROM operator_tokens WHERE name = ?1')
      .bind('carol')
      .first()
    expect(JSON.stringify(row)).not.toContain(json.token.slice('operator_'.length, -4))
  })
})

describe('the audit log', () => {
  it('has a line for every change, with who and what, and no secret', async () => {
    const { json: dave } = await operate('POST', '/operators/', { name: 'dave' })
    const asDave = (method: string, path: string, body: unknown = {}) =>
      ask(`/admin${path}`, { method, key: dave.token, body: JSON.stringify(body) })
    const key = (await asDave('POST', '/keys/', { tier: 'free', label: 'audited' })).json
    await asDave('PATCH', `/keys/${key.id}/`, { per_minute: 7 })
    const rotated = (await asDave('POST', `/keys/${key.id}/rotate/`)).json
    await asDave('POST', `/keys/${rotated.id}/revoke/`)
    const { lines } = await auditLines('?limit=4')
    expect(lines.map(({ action }: { action: string }) => action)).toEqual([
      'revokeKey',
      'rotateKey',
      'changeKey',
      'createKey',
    ])
    for (const line of lines) expect(line.operator).toBe('dave')
    expect(lines[3]).toMatchObject({ subject: key.id, detail: { tier: 'free', label: 'audited' } })
    expect(lines[2].detail).toEqual({ per_minute: 7 })
    expect(JSON.stringify(lines)).not.toContain(key.key.slice(6, -4))
    expect(JSON.stringify(lines)).not.toContain(rotated.key.slice(6, -4))
  })

  it('counts an import, and says nothing of what was refused or only read', async () => {
    const collection = await createCollection()
    await importObjects(collection, [indicator(), indicator({ pattern: 7 })])
    const [line] = (await auditLines('?limit=1')).lines
    expect(line).toMatchObject({
      action: 'importObjects',
      subject: collection.id,
      detail: { received: 2, added: 1, already_there: 0, refused: 1 },
    })
    await ask('/admin/keys/', { method: 'POST', key: env.ADMIN_TOKEN, body: '{"tier":"none"}' })
    await operate('GET', '/keys/')
    expect((await auditLines('?limit=1')).lines[0]).toEqual(line)
  })

  it('is read page by page to its beginning', async () => {
    for (let i = 0; i < 3; i++) await createKey()
    const whole = (await auditLines('?limit=1000')).lines
    const seen: unknown[] = []
    let after = ''
    for (let pages = 0; pages < 500; pages++) {
      const page = await auditLines(`?limit=2${after}`)
      seen.push(...page.lines)
      if (page.next === undefined) break
      after = `&after=${page.next}`
    }
    expect(seen).toEqual(whole)
  })
})
