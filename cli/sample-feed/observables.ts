// Made-up observed values. Addresses and names come only from what is set aside for documentation
// and tests (RFC 2544, 2606, 3849, 5737, 6761), so nobody real is accused of anything.
import type { Random } from './random.ts'

const SYLLABLES = [
  'al',
  'bor',
  'cen',
  'dra',
  'el',
  'fen',
  'gor',
  'hul',
  'in',
  'jas',
  'kel',
  'lor',
  'mar',
  'nex',
  'or',
  'pel',
  'qui',
  'ran',
  'sol',
  'tri',
  'um',
  'vel',
  'wen',
  'xan',
  'yor',
  'zel',
] as const
const TOP_LEVELS = ['example', 'test', 'invalid'] as const
const HOSTS = ['cdn', 'login', 'mail', 'portal', 'secure', 'static', 'update', 'vpn'] as const
const PATHS = [
  'account/verify.php',
  'api/v1/checkin',
  'assets/jquery.min.js',
  'download/invoice.zip',
  'gate.php',
  'owa/auth/logon.aspx',
  'panel/login',
  'update/stage2.bin',
] as const
const MAILBOXES = [
  'accounts',
  'billing',
  'delivery',
  'hr',
  'no-reply',
  'payroll',
  'support',
] as const
const FILE_NAMES = ['invoice', 'payment', 'resume', 'scan', 'setup', 'shipping', 'update'] as const
const FILE_TYPES = ['dll', 'docm', 'exe', 'hta', 'iso', 'js', 'lnk', 'xlsm', 'zip'] as const

export class Observables {
  readonly #random: Random
  readonly #given = new Set<string>()

  constructor(random: Random) {
    this.#random = random
  }

  ipv4(): string {
    const random = this.#random
    return this.#once(() => {
      const host = random.between(1, 254)
      if (random.chance(0.08)) return `198.51.100.${host}`
      if (random.chance(0.08)) return `203.0.113.${host}`
      return `198.${random.between(18, 19)}.${random.below(256)}.${host}`
    })
  }

  ipv6(): string {
    const group = () => this.#random.between(1, 0xffff).toString(16)
    return this.#once(() => `2001:db8:${group()}:${group()}::${group()}`)
  }

  domain(): string {
    const random = this.#random
    return this.#once(() => {
      const host = random.chance(0.4) ? `${random.pick(HOSTS)}.` : ''
      const tail = random.chance(0.3) ? `-${this.#word(2)}` : ''
      return `${host}${this.#word(3)}${tail}.${random.pick(TOP_LEVELS)}`
    })
  }

  url(): string {
    const random = this.#random
    const query = random.chance(0.4) ? `?id=${random.hex(8)}` : ''
    const scheme = random.chance(0.6) ? 'https' : 'http'
    return `${scheme}://${this.domain()}/${random.pick(PATHS)}${query}`
  }

  email(): string {
    return `${this.#random.pick(MAILBOXES)}@${this.domain()}`
  }

  digest(algorithm: 'MD5' | 'SHA-1' | 'SHA-256'): string {
    return this.#random.hex({ MD5: 32, 'SHA-1': 40, 'SHA-256': 64 }[algorithm])
  }

  fileName(): string {
    const random = this.#random
    return `${random.pick(FILE_NAMES)}-${random.below(100_000)}.${random.pick(FILE_TYPES)}`
  }

  #word(syllables: number): string {
    return Array.from({ length: syllables }, () => this.#random.pick(SYLLABLES)).join('')
  }

  #once(make: () => string): string {
    let value = make()
    while (this.#given.has(value)) value = make()
    this.#given.add(value)
    return value
  }
}
