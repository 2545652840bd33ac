import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatNetwork, isInNetworks, parseNetwork } from '../../../src/keys/networks.ts'

describe('an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.0/24'],
    ['192.0.2.255', '192.0.2.0/24'],
    ['192.0.2.1', '192.0.2.99/24'],
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1/32'],
    ['203.0.113.9', '0.0.0.0/0'],
    ['::ffff:192.0.2.1', '192.0.2.0/24'],
    ['::ffff:c000:201', '192.0.2.0/24'],
    ['192.0.2.1', '::ffff:192.0.2.0/120'],
    ['2001:db8::1', '2001:db8::/32'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:7fff::', '2001:db8::/33'],
    ['::', '::/0'],
    ['64:ff9b::192.0.2.33', '64:ff9b::/96'],
  ])('%s is in %s', (address, network) => {
    expect(isInNetworks(address, ['10.0.0.0/8', network])).toBe(true)
  })

  it.each([
    ['192.0.3.0', '192.0.2.0/24'],
    ['192.0.2.1', '::/0'],
    ['2001:db8::1', '0.0.0.0/0'],
    ['2001:db8:8000::', '2001:db8::/33'],
    ['2001:db9::', '2001:db8::/32'],
    ['192.0.2.1/24', '192.0.2.0/24'],
    ['', '0.0.0.0/0'],
    ['unknown', '0.0.0.0/0'],
    ['192.0.2.1', 'garbage'],
    ['192.0.2.1, 10.0.0.1', '0.0.0.0/0'],
  ])('%s is not in %s', (address, network) => {
    expect(isInNetworks(address, [network])).toBe(false)
  })

  it('is in no network of an empty list', () => {
    expect(isInNetworks('192.0.2.1', [])).toBe(false)
  })
})

describe('a network', () => {
  it.each([
    '',
    '/',
    '192.0.2',
    '192.0.2.0.1',
    '192.0.2.256',
    '192.0.2.01',
    '192.0.2.0/33',
    '192.0.2.0/',
    '192.0.2.0/-1',
    '192.0.2.0/08',
    '192.0.2.0/24/24',
    ' 192.0.2.0/24',
    '0x7f.0.0.1',
    '2001:db8::/129',
    '2001:db8',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    ':1:2:3:4:5:6:7',
    '12345::',
    'g::',
    'fe80::1%eth0',
    '::192.0.2.256',
    '192.0.2.1::',
  ])('is not read from "%s"', (text) => {
    expect(parseNetwork(text)).toBeUndefined()
  })

  it('holds exactly the addresses that share its first bits', () => {
    const bits = fc.bigInt({ min: 0n, max: 2n ** 32n - 1n })
    fc.assert(
      fc.property(bits, bits, fc.integer({ min: 0, max: 32 }), (network, host, length) => {
        const shared = network.toString(2).padStart(32, '0').slice(0, length)
        const isIn = host.toString(2).padStart(32, '0').startsWith(shared)
        expect(isInNetworks(dotted(host), [`${dotted(network)}/${length}`])).toBe(isIn)
      }),
    )
  })

  it('is the same however an IPv6 address is written', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        expect(parseNetwork(address)).toBeDefined()
        expect(isInNetworks(address.toUpperCase(), [address])).toBe(true)
      }),
    )
  })
})

describe('the one way of writing a network', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1/32'],
    ['192.0.2.99/24', '192.0.2.0/24'],
    ['203.0.113.9/0', '0.0.0.0/0'],
    ['::ffff:192.0.2.1/120', '192.0.2.0/24'],
    ['::', '::/128'],
    ['::1', '::1/128'],
    ['2001:0DB8::0001/32', '2001:db8::/32'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1/128'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1/128'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3/128'],
    ['10:0:0:5:0:0:0:0', '10:0:0:5::/128'],
    ['0:0:0:1:1:1:1:1', '::1:1:1:1:1/128'],
    ['64:ff9b::192.0.2.33/96', '64:ff9b::/96'],
  ])('of %s is %s', (text, expected) => {
    const network = parseNetwork(text)
    expect(network && formatNetwork(network)).toBe(expected)
  })

  it('is the same network, and its own', () => {
    const length = fc.integer({ min: 0, max: 128 })
    fc.assert(
      fc.property(fc.ipV6(), fc.ipV6(), length, (address, other, bits) => {
        const network = parseNetwork(`${address}/${bits}`)
        if (network === undefined) throw new Error(`${address}/${bits} is no network`)
        const text = formatNetwork(network)
        expect(isInNetworks(other, [text])).toBe(isInNetworks(other, [`${address}/${bits}`]))
        expect(isInNetworks(address, [text])).toBe(true)
        const again = parseNetwork(text)
        expect(again && formatNetwork(again)).toBe(text)
      }),
    )
  })
})

function dotted(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.')
}
