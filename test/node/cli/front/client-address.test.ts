// Who a client is taken for: what it says itself never counts.
import { describe, expect, test } from 'vitest'
import { clientAddress, TrustedProxies } from '../../../../cli/front/client-address.ts'

const PROXY = '10.0.0.1'
const proxies = new TrustedProxies(['10.1.2.3/8', '2001:db8:1::/48', '192.0.2.7'])

describe('the address of a client', () => {
  test.each([
    ['is that of the connection', '198.51.100.1', undefined, '198.51.100.1'],
    ['is never what a stranger says', '198.51.100.1', '203.0.113.9', '198.51.100.1'],
    ['is what a trusted proxy says', PROXY, '203.0.113.9', '203.0.113.9'],
    [
      'is what the last proxy heard, not what the client sent it',
      PROXY,
      '1.1.1.1, 203.0.113.9',
      '203.0.113.9',
    ],
    ['is behind every trusted proxy', PROXY, '203.0.113.9, 10.9.9.9,192.0.2.7', '203.0.113.9'],
    ['is the first trusted one where all are', PROXY, '10.1.1.1, 10.2.2.2', '10.1.1.1'],
    ['is the proxy where it says nothing', PROXY, undefined, PROXY],
    ['may be that of IPv6', '2001:db8:1::5', '2001:db8:2::1', '2001:db8:2::1'],
    ['may stand with a port', PROXY, '203.0.113.9:4711', '203.0.113.9'],
    ['may stand in brackets', PROXY, '[2001:db8:2::1]:4711', '2001:db8:2::1'],
    ['is read from a mapped peer', '::ffff:10.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['is unknown where the proxy says no address', PROXY, 'unknown', undefined],
    ['is unknown behind what is no address', PROXY, '203.0.113.9, _hidden, 10.2.2.2', undefined],
    ['is unknown where the proxy says an empty one', PROXY, '', undefined],
    ['is unknown without a connection', undefined, '203.0.113.9', undefined],
  ])('%s', (_case, peer, forwardedFor, expected) => {
    expect(clientAddress(peer, forwardedFor, proxies)).toBe(expected)
  })

  test('is that of the connection where no proxy is trusted', () => {
    expect(clientAddress('127.0.0.1', '203.0.113.9', new TrustedProxies([]))).toBe('127.0.0.1')
  })
})
