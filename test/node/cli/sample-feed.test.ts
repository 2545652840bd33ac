// The laws of the sample feed: what every start of a new server relies on.
import { expect, test } from 'vitest'
import { sampleFeed } from '../../../cli/sample-feed/feed.ts'
import { instantOf } from '../../../src/stix/timestamp.ts'

const NOW_MS = Date.parse('2026-03-01T12:00:00.000Z')
const DAY_MS = 86_400_000
const feed = sampleFeed(1, NOW_MS)
const indicators = feed.filter(({ type }) => type === 'indicator')
const patterns = indicators.map(({ pattern }) => String(pattern))
const identities = new Set(feed.filter(({ type }) => type === 'identity').map(({ id }) => id))
const markings = feed.filter(({ type }) => type === 'marking-definition')
const firsts = firstVersions()

function firstVersions() {
  const found = new Map<string, (typeof indicators)[number]>()
  for (const indicator of indicators) {
    if (!found.has(indicator.id)) found.set(indicator.id, indicator)
  }
  return found
}

test('has 2,000 indicators or more and one author', () => {
  expect(firsts.size).toBeGreaterThanOrEqual(2_000)
  expect(identities.size).toBe(1)
})

test('has the TLP 2.0 markings as they were published', () => {
  const known = {
    'TLP:CLEAR': ['clear', '94868c89-83c2-464b-929b-a1a8aa3c8487'],
    'TLP:GREEN': ['green', 'bab4a63c-aed9-4cf5-a766-dfca5abac2bb'],
    'TLP:AMBER': ['amber', '55d920b0-5e8b-4f79-9ee9-91f868d9b421'],
    'TLP:AMBER+STRICT': ['amber+strict', '939a9414-2ddd-4d32-a0cd-375ea402b003'],
    'TLP:RED': ['red', 'e828b379-4e03-4974-9ac4-e53a884c97c1'],
  }
  const expected = Object.entries(known).map(([name, [level, uuid]]) => ({
    type: 'marking-definition',
    spec_version: '2.1',
    id: `marking-definition--${uuid}`,
    created: '2022-10-01T00:00:00.000Z',
    name,
    extensions: {
      'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d': {
        extension_type: 'property-extension',
        tlp_2_0: level,
      },
    },
  }))
  expect(markings).toEqual(expected)
})

test('gives no version of an object twice', () => {
  const versions = feed.map(({ id, modified }) => `${id} ${modified}`)
  expect(new Set(versions).size).toBe(feed.length)
})

test('puts second versions after all first ones, each later than its first', () => {
  const seconds = indicators.slice(firsts.size)
  expect(seconds.length).toBeGreaterThan(50)
  for (const second of seconds) {
    const first = firsts.get(second.id)
    expect(first).not.toBe(second)
    expect(second.created).toBe(first?.created)
    expect(String(second.modified) > String(first?.modified)).toBe(true)
  }
})

test('revokes some indicators, always by a later version', () => {
  const revoked = indicators.filter((indicator) => indicator.revoked === true)
  expect(revoked.length).toBeGreaterThan(10)
  expect(revoked.every((indicator) => firsts.get(indicator.id) !== indicator)).toBe(true)
})

test('is dated in the days before, with first versions from old to new', () => {
  const created = [...firsts.values()].map((indicator) => Date.parse(String(indicator.created)))
  expect(created).toEqual([...created].sort((a, b) => a - b))
  for (const indicator of indicators) {
    const { created: begun, modified, valid_from: from, valid_until: until } = indicator
    for (const time of [begun, modified, from]) {
      expect(instantOf(String(time))).toBeDefined()
      expect(Date.parse(String(time))).toBeLessThanOrEqual(NOW_MS)
      expect(Date.parse(String(time))).toBeGreaterThan(NOW_MS - 14 * DAY_MS)
    }
    if (until !== undefined) expect(String(until) > String(from)).toBe(true)
  }
})

test('names only its own author and TLP 2.0 markings', () => {
  const markingIds = new Set(markings.map(({ id }) => id))
  for (const { created_by_ref, object_marking_refs } of indicators) {
    expect(identities.has(String(created_by_ref))).toBe(true)
    const refs = object_marking_refs as string[]
    expect(refs.length > 0 && refs.every((ref) => markingIds.has(ref))).toBe(true)
  }
})

test('blames only addresses and names reserved for documentation', () => {
  const quoted = patterns.flatMap((pattern) => pattern.match(/'[^']*'/g) ?? [])
  const values = quoted.map((text) => text.slice(1, -1))
  const addresses = values.filter((value) => /^\d+(\.\d+){3}$/.test(value))
  expect(addresses.length).toBeGreaterThan(500)
  for (const address of addresses) {
    expect(address).toMatch(/^(198\.51\.100|203\.0\.113|198\.1[89]\.\d+)\.\d+$/)
  }
  const names = values.flatMap((value) => /^(?:https?:\/\/|[^/]*@)([^/]+)/.exec(value)?.[1] ?? [])
  const domains = patterns.flatMap((text) => /domain-name:value = '([^']+)'/.exec(text)?.[1] ?? [])
  expect(names.length).toBeGreaterThan(500)
  for (const name of [...names, ...domains]) expect(name).toMatch(/\.(example|test|invalid)$/)
  const sixes = patterns.flatMap((text) => /ipv6-addr:value = '([^']+)'/.exec(text)?.[1] ?? [])
  expect(sixes.length).toBeGreaterThan(100)
  for (const six of sixes) expect(six).toMatch(/^2001:db8:/)
})

test.each([
  'ipv4-addr:value =',
  'ipv6-addr:value =',
  'domain-name:value =',
  'url:value =',
  'email-addr:value =',
  'file:hashes.MD5 =',
  "file:hashes.'SHA-1' =",
  "file:hashes.'SHA-256' =",
  ' IN (',
  '] AND [',
  ' OR ',
  ' FOLLOWEDBY ',
  'network-traffic:',
  "\\'",
])('has patterns with %s', (part) => {
  expect(patterns.filter((pattern) => pattern.includes(part)).length).toBeGreaterThan(5)
})

test('differs in nothing but dates from one day to the next', () => {
  const later = sampleFeed(1, NOW_MS + DAY_MS)
  expect(withoutDates(later)).toEqual(withoutDates(feed))
  expect(sampleFeed(1, NOW_MS)).toEqual(feed)
})

test('differs in ids and values with another seed', () => {
  const other = new Set(sampleFeed(2, NOW_MS).map(({ id }) => id))
  expect(indicators.some(({ id }) => other.has(id))).toBe(false)
})

function withoutDates(objects: typeof feed) {
  return objects.map(({ created, modified, valid_from, valid_until, ...rest }) => rest)
}
