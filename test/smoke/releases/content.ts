// The objects that a release's data is made of: every kind of them that the store treats in a way
// of its own, and texts that a parser would not give back as they came.
import { sampleFeed } from '../../../cli/sample-feed/feed.ts'

const SEED = 7
/** TLP markings and the author come first in the feed. */
const SHARED = 5
const INDICATORS = 45

/** The main feed: markings, author, indicators, second versions of some, one of them revoked. */
export function feedObjects(nowMs: number): object[] {
  const feed = sampleFeed(SEED, nowMs)
  const chosen = feed.slice(0, SHARED + INDICATORS)
  const ids = new Set(chosen.map(({ id }) => id))
  const later = feed.slice(SHARED + INDICATORS).filter(({ id }) => ids.has(id))
  const [first] = chosen.filter(({ type }) => type === 'indicator')
  const revoked = { ...first, modified: new Date(nowMs).toISOString(), revoked: true }
  return [...chosen, ...later, revoked]
}

const CREATED = '2026-01-02T03:04:05.678Z'
const NOTE = 'note--3f0d6a52-9f1b-4b59-8c1c-0a3c9e1d7b10'
const CUSTOM = 'x-example-thing--0b8f5f5e-6a53-4e0e-9a44-2f1f2a9b7c01'

/** Texts of objects: numbers, escapes and spaces as written; three versions out of order. */
export const PARTNER_TEXTS = [
  noteText('2026-03-01T00:00:00.000Z', 'second'),
  noteText('2026-02-01T00:00:00.123456Z', 'first'),
  noteText('2026-04-01T00:00:00Z', 'third \\u00fc \\"quoted\\" \u{1F512}'),
  `{ "type":"x-example-thing", "spec_version":"2.1","id":"${CUSTOM}","created":"${CREATED}","modified":"${CREATED}","score":1.0,"large":12345678901234567890,"list":[ 1,2 ] }`,
  `{"type":"ipv4-addr","spec_version":"2.1","id":"ipv4-addr--1c0d3b5e-7f5a-5f0a-9d3e-5b1d2c3e4f50","value":"198.51.100.7"}`,
  `{"type":"indicator","spec_version":"2.1","id":"indicator--9a7d3b0e-4c52-4d0c-8f25-0d7f4a1b2c3d","created":"${CREATED}","modified":"${CREATED}","pattern":"[ipv4-addr:value = '198.51.100.7'] OR [file:hashes.'SHA-256' = 'aec070645fe53ee3b3763059376134f058cc337247c978add178b6ccdfb0019f']","pattern_type":"stix","valid_from":"${CREATED}","confidence":80,"labels":["demo"]}`,
]

/** Refused: an indicator without a pattern. */
export const REFUSED_TEXT = `{"type":"indicator","spec_version":"2.1","id":"indicator--5b2e1c7a-3d4f-4a5b-9c6d-7e8f9a0b1c2d","created":"${CREATED}","modified":"${CREATED}","valid_from":"${CREATED}"}`

/** Stored and deleted again. */
export const DELETED_ID = 'indicator--6c3f2d8b-4e5a-4b6c-8d7e-8f9a0b1c2d3e'
export const DELETED_TEXT = `{"type":"indicator","spec_version":"2.1","id":"${DELETED_ID}","created":"${CREATED}","modified":"${CREATED}","pattern":"[url:value = 'https://gone.example/']","pattern_type":"stix","valid_from":"${CREATED}"}`

const LEGACY = 'indicator--7d4a3e9c-5f6b-4c7d-9e8f-9a0b1c2d3e4f'

/** The same object in STIX 2.0 and 2.1. */
export const LEGACY_TEXTS = [
  `{"type":"indicator","id":"${LEGACY}","created":"${CREATED}","modified":"${CREATED}","labels":["malicious-activity"],"pattern":"[domain-name:value = 'legacy.example']","valid_from":"${CREATED}"}`,
  `{"type":"indicator","spec_version":"2.1","id":"${LEGACY}","created":"${CREATED}","modified":"2026-05-01T00:00:00.000Z","pattern":"[domain-name:value = 'legacy.example']","pattern_type":"stix","valid_from":"${CREATED}"}`,
]

export const VERSIONED_ID = NOTE

function noteText(modified: string, content: string): string {
  return `{"type":"note","spec_version":"2.1","id":"${NOTE}","created":"${CREATED}","modified":"${modified}","content":"${content}","object_refs":["${CUSTOM}"]}`
}
