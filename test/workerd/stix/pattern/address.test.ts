import { describe, expect, it } from 'vitest'
import { addressTypeOf } from '../../../../src/stix/pattern/address.ts'

const addresses = {
  'ipv4-addr': ['198.51.100.1', '0.0.0.0', '255.255.255.255', '10.0.0.0/8', '10.0.0.0/0'],
  'ipv6-addr': [
    '::',
    '::1',
    '1::',
    '2001:db8::1',
    '2001:DB8::A:1',
    '2001:0db8:85a3:0000:0000:8a2e:0370:7334',
    '2001:db8::/32',
    'fe80::1/128',
    '::ffff:198.51.100.1',
    '64:ff9b::198.51.100.1',
    '1:2:3:4:5:6:198.51.100.1',
  ],
  'mac-addr': ['d2:fb:49:24:37:18', 'D2-FB-49-24-37-18'],
}

const others = [
  '',
  'a.example',
  '198.51.100',
  '198.51.100.1.1',
  '198.51.100.256',
  '198.51.100.01',
  '198.51.100.1/33',
  '198.51.100.1/',
  '198.51.100.1/8/8',
  '198.51.100.1/+8',
  '2001:db8::/129',
  '2001:db8',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  '1:2:3:4::5:6:7:8',
  ':::',
  ':1',
  '1:',
  '12345::',
  'g::1',
  '::198.51.100.256',
  '198.51.100.1::',
  'd2:fb:49:24:37',
  'd2:fb:49:24:37:18:00',
  `${'1:'.repeat(5_000)}1`,
]

describe('addressTypeOf', () => {
  for (const [type, texts] of Object.entries(addresses)) {
    for (const text of texts) {
      it(`takes ${text} for an ${type}`, () => {
        expect(addressTypeOf(text)).toBe(type)
      })
    }
  }

  for (const text of others) {
    it(`makes nothing of ${JSON.stringify(text.slice(0, 30))}`, () => {
      expect(addressTypeOf(text)).toBeUndefined()
    })
  }
})
