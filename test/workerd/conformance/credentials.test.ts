// Where a client may put its key (TAXII 2.1 §8.5.1 asks for Basic, A-1; products have more), which
// place decides, and what is refused with 401.
import { beforeAll, describe, expect, it } from 'vitest'
import { type Answer, ask, operate } from '../../support/http.ts'
import { expectChallenges, expectRefusal } from '../../support/refusal.ts'
import { askUnder } from '../../support/settings.ts'
import { createKey, createReader } from '../../support/world.ts'

let key: string
let bad: string

beforeAll(async () => {
  key = await createReader()
  bad = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`
})

const discover = (headers: Record<string, string>, query = '') =>
  ask(`/taxii2/${query}`, { headers })

const basic = (text: string) => `Basic ${btoa(text)}`

function expectUnauthorized(answer: Answer, code: string): void {
  expectRefusal(answer, { status: 401, code })
  expectChallenges(answer)
}

describe('A-1, A-2: a key is found', () => {
  it.each<[what: string, authorization: (key: string) => string]>([
    ['as Basic password', (k) => basic(`apikey:${k}`)],
    ['as Basic password without a user', (k) => basic(`:${k}`)],
    ['as Basic user without a password', (k) => basic(`${k}:`)],
    ['as Basic user with some password', (k) => basic(`${k}:x`)],
    ['as Basic user without a colon', (k) => basic(k)],
    ['as Basic password with a user that has an @', (k) => basic(`soc@example.org:${k}`)],
    ['in lower-case basic', (k) => basic(`apikey:${k}`).replace('Basic', 'basic')],
    ['in BASIC', (k) => basic(`apikey:${k}`).replace('Basic', 'BASIC')],
    ['in Basic without padding', (k) => basic(`apikey:${k}`).replace(/=+$/, '')],
    ['in Basic with spaces around the key', (k) => basic(`apikey: ${k} `)],
    ['in Bearer', (k) => `Bearer ${k}`],
    ['in bearer', (k) => `bearer ${k}`],
    ['in Bearer with two spaces', (k) => `Bearer  ${k}`],
    ['in Token', (k) => `Token ${k}`],
    ['in token', (k) => `token ${k}`],
    ['in API-Key', (k) => `API-Key ${k}`],
    ['in ApiKey', (k) => `ApiKey ${k}`],
    ['in Authorization with space around it', (k) => `  Bearer ${k}  `],
  ])('%s', async (_, authorization) => {
    expect((await discover({ Authorization: authorization(key) })).status).toBe(200)
  })

  it('in X-API-Key, under any spelling of the name', async () => {
    for (const name of ['X-API-Key', 'x-api-key', 'X-Api-Key']) {
      expect((await discover({ [name]: key })).status).toBe(200)
    }
    expect((await discover({ 'X-API-Key': ` ${key} ` })).status).toBe(200)
  })

  it('in ?api_key=', async () => {
    expect((await discover({}, `?api_key=${key}`)).status).toBe(200)
    expect((await discover({}, `?limit=1&api_key=${key}&x=y`)).status).toBe(200)
  })
})

describe('the first place that holds something decides', () => {
  it('Authorization before X-API-Key before ?api_key=', async () => {
    const answers = [
      await discover({ Authorization: `Bearer ${bad}`, 'X-API-Key': key }, `?api_key=${key}`),
      await discover({ 'X-API-Key': bad }, `?api_key=${key}`),
      await discover({ Authorization: `Bearer ${bad}` }, `?api_key=${key}`),
    ]
    for (const answer of answers) expectUnauthorized(answer, 'invalid_api_key')
  })

  it('a good one is not spoilt by a bad one behind it', async () => {
    const answers = [
      await discover({ Authorization: `Bearer ${key}`, 'X-API-Key': bad }, `?api_key=${bad}`),
      await discover({ 'X-API-Key': key }, `?api_key=${bad}`),
      await discover({ Authorization: basic(`${bad}:${key}`) }),
      await discover({ Authorization: basic(`${key}:${bad}`) }),
    ]
    for (const { status } of answers) expect(status).toBe(200)
  })

  it('an empty Authorization counts as absent', async () => {
    for (const Authorization of ['', ' ']) {
      // Handed to the app itself, since an empty header gets lost on the way through the runtime.
      const headers = { Authorization, 'X-API-Key': key }
      expect((await askUnder({}, '/taxii2/', { headers })).status).toBe(200)
      const answer = await askUnder({}, '/taxii2/', { headers: { Authorization } })
      expectUnauthorized(answer, 'missing_api_key')
    }
  })
})

describe('A-3: without a key', () => {
  it.each<[what: string, headers: Record<string, string>, query: string]>([
    ['nothing', {}, ''],
    ['an empty X-API-Key', { 'X-API-Key': '' }, ''],
    ['an empty ?api_key=', {}, '?api_key='],
    ['an api_key of spaces', {}, '?api_key=%20'],
    ['Basic without anything', { Authorization: 'Basic' }, ''],
    ['Basic of a colon', { Authorization: basic(':') }, ''],
    ['Bearer without anything', { Authorization: 'Bearer ' }, ''],
  ])('%s is 401 missing_api_key', async (_, headers, query) => {
    expectUnauthorized(await discover(headers, query), 'missing_api_key')
  })
})

describe('A-3: with something that is no key', () => {
  it.each<[what: string, Authorization: string]>([
    ['a made-up word', 'Bearer nothing'],
    ['a token of the right form', `Bearer taxii_${'A'.repeat(38)}`],
    ['a very long token', `Bearer ${'a'.repeat(8000)}`],
    ['two tokens', 'Bearer a b'],
    ['a Basic that is no base64', 'Basic !!!!'],
    ['a Basic of bytes that are no text', `Basic ${btoa('\xff\xfe:\x00\x01')}`],
    ['a Basic of wrong parts', basic('user:password')],
    ['an unknown scheme', 'Digest username="x"'],
    ['AWS4', 'AWS4-HMAC-SHA256 Credential=x'],
    ['no scheme', 'nothing'],
    ['bytes beyond ASCII', 'Bearer \xe9\xe8\xff'],
    ['bytes beyond ASCII as the scheme', '\xe9 x'],
    ['a quote', "Bearer ' OR 1=1 --"],
  ])('%s is 401 invalid_api_key', async (_, Authorization) => {
    expectUnauthorized(await discover({ Authorization }), 'invalid_api_key')
  })

  it('each character of a key counts', async () => {
    for (let at = 0; at < key.length; at++) {
      const other = key[at] === 'x' ? 'y' : 'x'
      const spoilt = `${key.slice(0, at)}${other}${key.slice(at + 1)}`
      expect([at, (await discover({ 'X-API-Key': spoilt })).status]).toEqual([at, 401])
    }
    for (const spoilt of [key.slice(1), `${key}x`, key.toUpperCase(), key.toLowerCase()]) {
      expectUnauthorized(await discover({ 'X-API-Key': spoilt }), 'invalid_api_key')
    }
  })

  it('never says the key back', async () => {
    for (const answer of [
      await discover({ Authorization: `Bearer ${bad}` }),
      await discover({ 'X-API-Key': bad }),
      await discover({}, `?api_key=${bad}`),
    ]) {
      expect(answer.text).not.toContain(bad)
      expect(JSON.stringify([...answer.headers])).not.toContain(bad)
    }
  })
})

describe('a key that is over', () => {
  it('revoked is 401 revoked_api_key from the next request on', async () => {
    const made = await createKey()
    expect((await discover({ 'X-API-Key': made.key })).status).toBe(200)
    await operate('POST', `/keys/${made.id}/revoke/`)
    expectUnauthorized(await discover({ 'X-API-Key': made.key }), 'revoked_api_key')
  })

  it('expired is 401 expired_api_key', async () => {
    const expires = new Date(Date.now() - 1000).toISOString()
    const made = await createKey({ expires })
    expectUnauthorized(await discover({ 'X-API-Key': made.key }), 'expired_api_key')
  })

  it('from another network is 403', async () => {
    const made = await createKey({ networks: ['192.0.2.0/24'] })
    const from = (address: string) => ({ 'X-API-Key': made.key, 'CF-Connecting-IP': address })
    expect((await discover(from('192.0.2.7'))).status).toBe(200)
    expectRefusal(await discover(from('198.51.100.7')), { status: 403, code: 'forbidden' })
  })
})

describe('?api_key= switched off', () => {
  it('counts for nothing', async () => {
    const answer = await askUnder({ KEY_IN_QUERY: 'false' }, `/taxii2/?api_key=${key}`)
    expectUnauthorized(answer, 'missing_api_key')
  })

  it('leaves the headers as they are', async () => {
    const headers = { 'X-API-Key': key }
    expect(
      (await askUnder({ KEY_IN_QUERY: 'false' }, '/taxii2/?api_key=x', { headers })).status,
    ).toBe(200)
  })
})
