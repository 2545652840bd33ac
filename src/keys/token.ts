// Tokens: `<prefix>_<random part><check part>`. One HMAC over prefix and random part gives, from
// different bytes, the check part and the name of the key's Durable Object, so that a made-up token
// is refused without touching storage and the name tells nothing about the token.

export type MintedToken = {
  /** Shown to its owner once, stored nowhere. */
  token: string
  /** 160 bits in hex: names the key's Durable Object. */
  objectName: string
  /** The end of the token, by which its owner knows it. */
  lastFour: string
}

export type TokenAuthority = {
  mint(prefix: string): Promise<MintedToken>
  /** The key's object name; undefined for what this secret never made. */
  resolve(token: string): Promise<string | undefined>
  /** Tells this secret from another and nothing else of it. */
  fingerprint(): Promise<string>
}

type Mac = { check: string; objectName: string }

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const LABEL = 'taxii-edge api key'
const FINGERPRINT_LABEL = 'taxii-edge fingerprint of the key secret'
const PREFIX = /^[A-Za-z0-9]{2,16}$/
const TOKEN = /^([A-Za-z0-9]{2,16})_([A-Za-z0-9]{28})([A-Za-z0-9]{10})$/
const TOKEN_CHARS_MAX = 16 + 1 + 28 + 10
const RANDOM_CHARS = 28
const CHECK_CHARS = 10
const OBJECT_NAME_BYTES = 20
const FINGERPRINT_BYTES = 8
const REMEMBERED_TOKENS_MAX = 1000

/**
 * Tokens under one server secret. The prefix is covered by the MAC and compared with nothing, so
 * that tokens stay good when the configured prefix changes.
 */
export function createTokenAuthority(secret: string): TokenAuthority {
  /** Whole token → object name: only what was verified to its last character is found here. */
  const resolved = new Map<string, string>()
  let hmacKey: CryptoKey | undefined

  async function mac(prefix: string, random: string): Promise<Mac> {
    hmacKey ??= await importHmacKey(secret)
    const text = encoder.encode(`${LABEL}\n${prefix}\n${random}`)
    const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', hmacKey, text))
    return {
      objectName: hex(bytes.slice(0, OBJECT_NAME_BYTES)),
      check: base62(bytes.slice(OBJECT_NAME_BYTES), CHECK_CHARS),
    }
  }

  return {
    async mint(prefix) {
      if (!PREFIX.test(prefix)) throw new RangeError('A prefix is 2 to 16 letters and digits')
      const random = randomBase62(RANDOM_CHARS)
      const { check, objectName } = await mac(prefix, random)
      return { token: `${prefix}_${random}${check}`, objectName, lastFour: check.slice(-4) }
    },

    async resolve(token) {
      if (token.length > TOKEN_CHARS_MAX) return undefined
      const known = resolved.get(token)
      if (known !== undefined) return known
      const [, prefix, random, check] = TOKEN.exec(token) ?? []
      if (prefix === undefined || random === undefined || check === undefined) return undefined
      const expected = await mac(prefix, random)
      if (!equalInConstantTime(check, expected.check)) return undefined
      remember(resolved, token, expected.objectName)
      return expected.objectName
    },

    async fingerprint() {
      hmacKey ??= await importHmacKey(secret)
      const text = encoder.encode(FINGERPRINT_LABEL)
      const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', hmacKey, text))
      return hex(bytes.slice(0, FINGERPRINT_BYTES))
    },
  }
}

/** The name of a key for people: says nothing about its token. */
export function mintKeyId(): string {
  return `key_${randomBase62(16)}`
}

const encoder = new TextEncoder()

function importHmacKey(secret: string): Promise<CryptoKey> {
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  return crypto.subtle.importKey('raw', encoder.encode(secret), hmac, false, ['sign'])
}

/** Both texts have the length that the token's form fixes. */
function equalInConstantTime(given: string, expected: string): boolean {
  return crypto.subtle.timingSafeEqual(encoder.encode(given), encoder.encode(expected))
}

function remember(resolved: Map<string, string>, token: string, objectName: string): void {
  for (const oldest of resolved.keys()) {
    if (resolved.size < REMEMBERED_TOKENS_MAX) break
    resolved.delete(oldest)
  }
  resolved.set(token, objectName)
}

/** Bytes of 248 and more are thrown away: 248 is 4 × 62, so that each character is as likely. */
function randomBase62(chars: number): string {
  let text = ''
  while (text.length < chars) {
    for (const byte of crypto.getRandomValues(new Uint8Array(chars))) {
      if (byte < 248 && text.length < chars) text += ALPHABET[byte % 62]
    }
  }
  return text
}

/** The lowest digits of the bytes, read as one number. */
function base62(bytes: Uint8Array, chars: number): string {
  let rest = BigInt(`0x${hex(bytes)}`)
  let text = ''
  while (text.length < chars) {
    text += ALPHABET[Number(rest % 62n)]
    rest /= 62n
  }
  return text
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
