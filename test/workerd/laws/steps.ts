// The steps of a random history: what writers, readers and time may do to one collection and its
// view. Plain data, so that a failing history can be shrunk and printed.
import fc from 'fast-check'
import { type Draft, idOf, MD5, SLOTS, timeOf } from './drafts.ts'
import type { Shelf } from './model.ts'
import type { Texts } from './model-filters.ts'

/** How a client goes on after a page. `header` values are cut to this many digits of a second. */
export type Following =
  | { by: 'next'; repeats: boolean }
  | { by: 'next and header'; repeats: boolean }
  | { by: 'header'; digits: 3 | 6 }

export type Resource = 'objects' | 'manifest' | 'object' | 'versions'

export type Reader = 'pro' | 'free'

export type Step =
  | { kind: 'add'; via: 'post' | 'import'; drafts: Draft[] }
  | { kind: 'remove'; slot: number; filters: Texts }
  | { kind: 'make view' }
  | { kind: 'let time pass' }
  /** What is older than a day goes, as retention has it. */
  | { kind: 'retire' }
  | ReadStep
  | ResumeStep
  /** Sends an earlier request once more, to the letter. */
  | { kind: 'repeat'; place: number }

export type ReadStep = {
  kind: 'read'
  reader: Reader
  shelf: Shelf
  resource: Resource
  slot: number
  filters: Texts
  limit: number | undefined
  /** After which known version to begin, and how many microseconds off its date. */
  after: { place: number; micros: number } | undefined
  /** Whether the pages come compressed, which also makes the server keep them. */
  gzip: boolean
}

/** Goes on from an earlier page, however long ago that was, for so many pages. */
export type ResumeStep = {
  kind: 'resume'
  place: number
  following: Following
  more: Texts
  limit: number | undefined
  pages: number
  gzip: boolean
}

const slot = fc.nat(SLOTS - 1)
const tick = fc.nat(4)
const time = tick.map(timeOf)

const draft: fc.Arbitrary<Draft> = fc.record({
  slot,
  tick,
  form: fc.constantFrom('2.1', '2.1', '2.1', '2.0'),
  spelling: fc.constantFrom(0, 0, 0, 1, 2),
})

const version = fc.oneof(
  fc.constantFrom('all', 'first', 'last', 'first,last'),
  fc.uniqueArray(time, { minLength: 1, maxLength: 3 }).map((times) => times.join(',')),
  tick.map((value) => `last,${timeOf(value).replace('.000Z', 'Z')}`),
)
const form = fc.constantFrom('2.0', '2.1', '2.0,2.1')

function some(values: string[]): fc.Arbitrary<string> {
  return fc.subarray(values, { minLength: 1, maxLength: 2 }).map((chosen) => chosen.join(','))
}

const versionFilters: fc.Arbitrary<Texts> = fc.record(
  { 'match[version]': version, 'match[spec_version]': form },
  { requiredKeys: [] },
)

const TYPES = ['indicator', 'identity', 'malware', 'x-thing', 'x-atom', 'ipv4-addr', 'url', 'file']

/** Each filter by itself is rare enough that most pages still hold something. */
const filter: fc.Arbitrary<Texts> = fc.oneof(
  some(TYPES).map((text) => ({ 'match[type]': text })),
  some(TYPES).map((text) => ({ 'match[type]': text })),
  fc.constantFrom('indicator', 'identity', 'url').map((text) => ({ type: text })),
  fc.uniqueArray(slot, { minLength: 1, maxLength: 9 }).map((slots) => ({
    'match[id]': slots.map(idOf).join(','),
  })),
  some(['Emotet', 'Harbor ISAC', 'ä "quoted" \\ name']).map((text) => ({ 'match[name]': text })),
  fc.constantFrom('20', '40,60').map((text) => ({ 'match[confidence]': text })),
  fc.constantFrom('20', '59.5').map((text) => ({ 'match[confidence-gte]': text })),
  some(['even', 'tick-2', 'none']).map((text) => ({ 'match[labels]': text })),
  fc.constant({ 'match[phase_name]': 'delivery' }),
  some(['198.51.100.7', 'b.example', 'https://a.example/']).map((text) => ({
    'match[value]': text,
  })),
  fc.constant({ 'match[MD5]': MD5 }),
  some(['green', 'red']).map((text) => ({ 'match[tlp]': text })),
  fc.constantFrom('true', 'false', 'false,true').map((text) => ({ 'match[revoked]': text })),
  some([idOf(3), idOf(11)]).map((text) => ({ 'match[relationships-all]': text })),
  time.map((text) => ({ 'match[modified-gte]': text })),
  time.map((text) => ({ 'match[modified-lte]': text })),
  fc.constant({ 'match[valid_from-lte]': '2024-05-01T10:00:00Z' }),
)

const filters = fc
  .tuple(
    fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 3, arbitrary: filter }),
    fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: filter }),
    fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: versionFilters }),
  )
  .map((parts): Texts => Object.assign({}, ...parts))

const limit = fc.constantFrom(undefined, 1, 1, 2, 3, 5, 8, 5_000)

const read: fc.Arbitrary<ReadStep> = fc
  .record({
    kind: fc.constant('read' as const),
    reader: fc.constantFrom<Reader>('pro', 'pro', 'free'),
    shelf: fc.constantFrom<Shelf>('collection', 'collection', 'view'),
    resource: fc.constantFrom<Resource>('objects', 'objects', 'manifest', 'object', 'versions'),
    slot,
    filters,
    limit,
    after: fc.option(fc.record({ place: fc.nat(30), micros: fc.constantFrom(-1, 0, 0, 1, 999) }), {
      nil: undefined,
      freq: 3,
    }),
    gzip: fc.boolean(),
    order: fc.constantFrom({}, {}, {}, { x_sort: 'desc' }),
  })
  .map(({ order, ...step }): ReadStep => {
    if (step.resource === 'objects' || step.resource === 'manifest') {
      return { ...step, filters: { ...step.filters, ...order } }
    }
    const isVersions = step.resource === 'versions'
    const kept = Object.entries(step.filters).filter(
      ([name]) => name === 'match[spec_version]' || (name === 'match[version]' && !isVersions),
    )
    return { ...step, filters: Object.fromEntries(kept) }
  })

const following: fc.Arbitrary<Following> = fc.oneof(
  fc.record({ by: fc.constant('next' as const), repeats: fc.boolean() }),
  fc.record({ by: fc.constant('next and header' as const), repeats: fc.boolean() }),
  fc.record({
    by: fc.constant('header' as const),
    digits: fc.constantFrom(3 as const, 6 as const),
  }),
)

const add: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('add'),
  via: fc.constantFrom('post', 'import'),
  drafts: fc.array(draft, { minLength: 1, maxLength: 8 }),
})

const resume: fc.Arbitrary<ResumeStep> = fc.record({
  kind: fc.constant('resume' as const),
  place: fc.nat(40),
  following,
  more: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: filter }),
  limit,
  pages: fc.constantFrom(1, 2, 60),
  gzip: fc.boolean(),
})

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: add },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('remove'), slot, filters: versionFilters }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'make view' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'let time pass' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'retire' } as const) },
  { weight: 10, arbitrary: read },
  { weight: 8, arbitrary: resume },
  {
    weight: 7,
    arbitrary: fc.record({
      kind: fc.constant('repeat' as const),
      place: fc.constantFrom(0, 0, 1, 2, 5),
    }),
  },
)
