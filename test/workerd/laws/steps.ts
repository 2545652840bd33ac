// The steps of a random history: what writers, readers and time may do to one collection and its
// view. Plain data, so that a failing history can be shrunk and printed.
import fc from 'fast-check'
import { ADDRESSES, type Draft, idOf, MD5, SLOTS, timeOf } from './drafts.ts'
import type { Shelf } from './model.ts'
import type { Texts } from './model-filters.ts'
import { ALGORITHMS, EXTENDED, LISTS, NUMBERS, numberOf, TEXTS, textOf } from './traits.ts'

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

const text = (...texts: string[]) => fc.constantFrom(...texts)
const aTimeLater = tick.map((value) => timeOf(value).replace('-06-', '-07-'))

/** Filters that the server treats in ways of their own: what is asked by each. */
const OWN_WAYS: Record<string, fc.Arbitrary<string>> = {
  'match[type]': some(TYPES),
  type: text('indicator', 'identity', 'url'),
  'match[id]': fc
    .uniqueArray(slot, { minLength: 1, maxLength: 9 })
    .map((slots) => slots.map(idOf).join(',')),
  'match[name]': some(['Emotet', 'Harbor ISAC', 'ä "quoted" \\ name']),
  'match[identity_class]': some(['organization', 'individual']),
  'match[relationship_type]': some(['indicates', 'uses']),
  'match[pattern]': text("[ipv4-addr:value = '198.51.100.7']", '[]'),
  'match[pattern_type]': some(['stix', 'sigma']),
  'match[confidence]': text('20', '40,60'),
  'match[confidence-gte]': text('20', '59.5'),
  'match[confidence-lte]': text('20', '59.5'),
  'match[labels]': some(['even', 'tick-2', 'none']),
  'match[phase_name]': text('delivery', 'none'),
  'match[value]': some([
    '198.51.100.7',
    'b.example',
    'https://a.example/',
    'no observable of STIX',
    ADDRESSES.at(0) ?? '',
    ADDRESSES.at(-1) ?? '',
  ]),
  'match[MD5]': text(MD5, MD5.toUpperCase(), 'none'),
  'match[tlp]': some(['green', 'red']),
  'match[revoked]': text('true', 'false', 'false,true'),
  'match[relationships-all]': some([idOf(3), idOf(11)]),
  'match[modified-gte]': time,
  'match[modified-lte]': time,
  'match[valid_from-lte]': text('2024-05-01T10:00:00Z', '2024-05-01T09:59:59.999Z'),
  'match[valid_until-gte]': aTimeLater,
}

/** Those that differ in nothing but the name of the property. */
const BY_NAME: Record<string, fc.Arbitrary<string>> = {
  ...ofEach(
    [
      ...TEXTS,
      ...LISTS,
      ...ALGORITHMS,
      ...Object.values(EXTENDED).flat(),
      ...['data_type', 'external_id', 'source_name'],
    ],
    (name) => some([textOf(name, 0), textOf(name, 1), 'none']),
  ),
  ...ofEach(
    NUMBERS.flatMap((name) => [name, `${name}-gte`, `${name}-lte`]),
    () => tick.map((value) => String(numberOf(value))),
  ),
}

function ofEach(names: string[], texts: (name: string) => fc.Arbitrary<string>) {
  return Object.fromEntries(names.map((name) => [`match[${name}]`, texts(name)]))
}

function oneOf(table: Record<string, fc.Arbitrary<string>>): fc.Arbitrary<Texts> {
  return fc.oneof(
    ...Object.entries(table).map(([name, texts]) => texts.map((value) => ({ [name]: value }))),
  )
}

/** Each filter by itself is rare enough that most pages still hold something. */
const filter: fc.Arbitrary<Texts> = fc.oneof(
  { weight: 1, arbitrary: some(TYPES).map((types) => ({ 'match[type]': types })) },
  // What has no entry of its own is looked for in another way.
  { weight: 1, arbitrary: fc.constant({ 'match[value]': ADDRESSES.at(-1) ?? '' }) },
  { weight: 12, arbitrary: oneOf(OWN_WAYS) },
  { weight: 4, arbitrary: oneOf(BY_NAME) },
)

const filters = fc
  .tuple(
    fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 3, arbitrary: filter }),
    fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: filter }),
    fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: versionFilters }),
  )
  .map((parts): Texts => Object.assign({}, ...parts))

const limit = fc.constantFrom(undefined, 1, 1, 2, 3, 5, 8, 5_000)

export const read: fc.Arbitrary<ReadStep> = fc
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
