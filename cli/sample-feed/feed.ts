// The sample feed: the same made-up indicators everywhere, dated in the days before `nowMs`.
import { type Indicator, laterVersion, makeIndicator } from './indicator.ts'
import { tlpMarkings } from './markings.ts'
import { Observables } from './observables.ts'
import { FEED_PLAN } from './patterns.ts'
import { Random } from './random.ts'

const HOUR_MS = 3_600_000
const SPAN_HOURS = 10 * 24
const LATER_VERSIONS = 160

export type FeedObject = { type: string; id: string } & Record<string, unknown>

/**
 * Marking definitions, one identity, then indicators from old to new, and last the second versions
 * of some of them. The seed decides everything but the dates, and `nowMs` only the dates.
 */
export function sampleFeed(seed: number, nowMs: number): FeedObject[] {
  const random = new Random(seed)
  const author = makeAuthor(random, nowMs)
  const indicators = makeIndicators(random, author.id, nowMs)
  const updated = random.shuffle(indicators).slice(0, LATER_VERSIONS)
  return [
    ...tlpMarkings(),
    author,
    ...indicators,
    ...updated.map((indicator) => laterVersion(random, indicator, nowMs)),
  ]
}

function makeAuthor(random: Random, nowMs: number) {
  const created = new Date(nowMs - 2 * SPAN_HOURS * HOUR_MS).toISOString()
  return {
    type: 'identity',
    spec_version: '2.1',
    id: `identity--${random.uuid()}`,
    created,
    modified: created,
    name: 'SOC Defenders Sample Feed',
    description: 'Author of the made-up indicators that a new server starts with.',
    identity_class: 'organization',
    sectors: ['technology'],
    contact_information: 'feed@soc-defenders.example',
  }
}

function makeIndicators(random: Random, authorId: string, nowMs: number): Indicator[] {
  const observables = new Observables(random)
  const makers = random.shuffle(
    FEED_PLAN.flatMap(({ count, make }) => Array.from({ length: count }, () => make)),
  )
  const spacingMs = Math.floor((SPAN_HOURS * HOUR_MS) / makers.length)
  const startMs = nowMs - (SPAN_HOURS + 1) * HOUR_MS
  return makers.map((make, index) =>
    makeIndicator(random, {
      sighted: make(observables, random),
      createdMs: startMs + index * spacingMs + random.below(spacingMs),
      authorId,
    }),
  )
}
