// The secrets under which the data of a release was recorded, made anew from phrases whenever they
// are needed, so that none is kept beside it. They open nothing but that data.
import { createHash, createHmac } from 'node:crypto'

const PHRASE = 'data of a taxii-edge release, kept for the upgrade test'
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const PREFIX = 'taxii'
const CHECK_CHARS = 10
/** From here on a byte would not give each of 62 characters as likely, and is thrown away. */
const BYTE_END = 248

export const KEY_SECRET = digestOf('KEY_SECRET').toString('hex')
export const ADMIN_TOKEN = digestOf('ADMIN_TOKEN').toString('hex')

/** What stands for random bytes while a thing of this name was recorded. */
export function bytesFor(name: string, count: number): Buffer {
  return Buffer.from([...digestOf(`bytes for ${name}`)].map((byte) => byte % BYTE_END)).subarray(
    0,
    count,
  )
}

/** The token of the key that was recorded under this name: its format as released. */
export function tokenOf(name: string): string {
  const random = [...bytesFor(name, 28)].map((byte) => ALPHABET[byte % 62]).join('')
  const text = `taxii-edge api key\n${PREFIX}\n${random}`
  const mac = createHmac('sha256', KEY_SECRET).update(text).digest()
  return `${PREFIX}_${random}${base62(mac.subarray(20))}`
}

export function keyIdOf(name: string): string {
  return `key_${[...bytesFor(name, 16)].map((byte) => ALPHABET[byte % 62]).join('')}`
}

export function operatorTokenOf(name: string): string {
  return `operator_${bytesFor(name, 24).toString('hex')}`
}

function digestOf(name: string): Buffer {
  return createHash('sha512').update(`${PHRASE}: ${name}`).digest()
}

function base62(bytes: Buffer): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`)
  let text = ''
  while (text.length < CHECK_CHARS) {
    text += ALPHABET[Number(rest % 62n)]
    rest /= 62n
  }
  return text
}
