// Operator tokens: made here, kept as a keyed hash, compared in constant time.

const PREFIX = 'operator'
const RANDOM_BYTES = 24

export type MintedOperatorToken = { id: string; token: string; digest: string; lastFour: string }

export async function mintOperatorToken(secret: string): Promise<MintedOperatorToken> {
  const token = `${PREFIX}_${randomHex(RANDOM_BYTES)}`
  return {
    id: `op_${randomHex(8)}`,
    token,
    digest: await digestOf(secret, token),
    lastFour: token.slice(-4),
  }
}

/** Keyed, so that a copy of the database lets nobody check a guess. */
export async function digestOf(secret: string, token: string): Promise<string> {
  const encoder = new TextEncoder()
  const key = await crypto.subtle.importKey(
    'raw',
    encoder.encode(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  const mac = await crypto.subtle.sign('HMAC', key, encoder.encode(`operator token: ${token}`))
  return new Uint8Array(mac).toHex()
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
export async function isSameSecret(a: string, b: string): Promise<boolean> {
  const digest = async (text: string) =>
    await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))
  return crypto.subtle.timingSafeEqual(await digest(a), await digest(b))
}

function randomHex(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toHex()
}
