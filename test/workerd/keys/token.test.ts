import { listDurableObjectIds } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createTokenAuthority, mintKeyId } from '../../../src/keys/token.ts'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function newSecret(): string {
  return crypto.randomUUID() + crypto.randomUUID()
}

/** Of the same form as a token, with a random part and check part that nobody made. */
function madeUpToken(): string {
  const chars = Array.from(crypto.getRandomValues(new Uint8Array(38)), (byte) => byte % 62)
  return `taxii_${chars.map((index) => ALPHABET[index]).join('')}`
}

describe('a minted token', () => {
  it('is prefix, 28 random and 10 check characters, and is known by its end', async () => {
    const { token, objectName, lastFour } = await createTokenAuthority(newSecret()).mint('taxii')
    expect(token).toMatch(/^taxii_[A-Za-z0-9]{38}$/)
    expect(objectName).toMatch(/^[0-9a-f]{40}$/)
    expect(token.endsWith(lastFour) && lastFour.length === 4).toBe(true)
  })

  it('resolves to its object, in this isolate and in another, remembered or not', async () => {
    const secret = newSecret()
    const { token, objectName } = await createTokenAuthority(secret).mint('ab')
    const elsewhere = createTokenAuthority(secret)
    expect(await elsewhere.resolve(token)).toBe(objectName)
    expect(await elsewhere.resolve(token)).toBe(objectName)
  })

  it('resolves under another secret to nothing', async () => {
    const { token } = await createTokenAuthority(newSecret()).mint('taxii')
    expect(await createTokenAuthority(newSecret()).resolve(token)).toBeUndefined()
  })

  it('differs from every other, and so does its object', async () => {
    const authority = createTokenAuthority(newSecret())
    const minted = await Promise.all(Array.from({ length: 500 }, () => authority.mint('taxii')))
    expect(new Set(minted.map(({ token }) => token)).size).toBe(500)
    expect(new Set(minted.map(({ objectName }) => objectName)).size).toBe(500)
  })

  it('has random characters of even frequency', async () => {
    const authority = createTokenAuthority(newSecret())
    const minted = await Promise.all(Array.from({ length: 2000 }, () => authority.mint('taxii')))
    const counts = new Map([...ALPHABET].map((char) => [char, 0]))
    for (const { token } of minted) {
      for (const char of token.slice(6, 34)) counts.set(char, (counts.get(char) ?? 0) + 1)
    }
    const expected = (2000 * 28) / 62
    const chiSquared = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2, 0)
    // 61 degrees of freedom: above 130 once in a million runs; `byte % 62` alone gives over 200.
    expect(counts.size).toBe(62)
    expect(chiSquared / expected).toBeLessThan(130)
  })

  it.each(['a', 'a'.repeat(17), 'a_b', 'a b', '', 'ä1'])('is not made with prefix "%s"', (prefix) =>
    expect(createTokenAuthority(newSecret()).mint(prefix)).rejects.toThrow(RangeError),
  )
})

describe('a token that was never minted', () => {
  it('resolves to nothing with any one character changed', async () => {
    const authority = createTokenAuthority(newSecret())
    const { token } = await authority.mint('taxii')
    await authority.resolve(token)
    for (let i = 0; i < token.length; i++) {
      for (const char of ['a', 'Z', '0', '_', '-', '']) {
        const changed = token.slice(0, i) + char + token.slice(i + 1)
        if (changed !== token) expect(await authority.resolve(changed)).toBeUndefined()
      }
    }
  })

  it('resolves to nothing with the check part of another', async () => {
    const authority = createTokenAuthority(newSecret())
    const [one, other] = await Promise.all([authority.mint('taxii'), authority.mint('taxii')])
    const crossed = one.token.slice(0, -10) + other.token.slice(-10)
    expect(await authority.resolve(crossed)).toBeUndefined()
  })

  it('resolves to nothing whatever its text', async () => {
    const authority = createTokenAuthority(newSecret())
    const { token } = await authority.mint('taxii')
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.string().map((text) => `${token}${text}x`),
      fc.string().map((text) => `x${text}${token}`),
    )
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        expect(await authority.resolve(text)).toBeUndefined()
      }),
    )
  })

  it('costs nothing when it has the wrong form', async () => {
    const authority = createTokenAuthority(newSecret())
    const sign = vi.spyOn(crypto.subtle, 'sign')
    expect(await authority.resolve('x'.repeat(10_000_000))).toBeUndefined()
    expect(await authority.resolve(`${madeUpToken()}1`)).toBeUndefined()
    expect(sign).not.toHaveBeenCalled()
    sign.mockRestore()
  })

  it('brings no object into being, ten thousand times over', async () => {
    const authority = createTokenAuthority(env.KEY_SECRET)
    const before = await listDurableObjectIds(env.API_KEYS)
    for (let i = 0; i < 10_000; i++) {
      expect(await authority.resolve(madeUpToken())).toBeUndefined()
    }
    expect(await listDurableObjectIds(env.API_KEYS)).toEqual(before)
  })
})

describe('the memory of resolved tokens', () => {
  it('spares a token in use its HMAC, and forgets the oldest beyond its bound', async () => {
    const secret = newSecret()
    const authority = createTokenAuthority(secret)
    const minted = await Promise.all(Array.from({ length: 1001 }, () => authority.mint('taxii')))
    const sign = vi.spyOn(crypto.subtle, 'sign')
    for (const { token } of minted) await authority.resolve(token)
    expect(sign).toHaveBeenCalledTimes(1001)
    for (const { token } of minted.slice(1)) await authority.resolve(token)
    expect(sign).toHaveBeenCalledTimes(1001)
    await authority.resolve(minted[0]?.token ?? '')
    expect(sign).toHaveBeenCalledTimes(1002)
    sign.mockRestore()
  })
})

it('gives keys an id for people', () => {
  const ids = Array.from({ length: 100 }, mintKeyId)
  expect(ids.every((id) => /^key_[A-Za-z0-9]{16}$/.test(id))).toBe(true)
  expect(new Set(ids).size).toBe(100)
})
