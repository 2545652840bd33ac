// The random histories leave out no filter: each that the server has is one of the model's, is drawn,
// and is drawn with values that some object passes and some does not.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterParameters } from '../../../src/taxii/parameters.ts'
import { SLOTS, type Stix, stixOf } from './drafts.ts'
import { passes, RULES } from './model-filters.ts'
import { read } from './steps.ts'

/** What they decide is not a matter of one object. */
const OF_MORE_THAN_ONE = ['x_sort', 'match[version]', 'match[spec_version]']
const READS = 20_000

const slots = Array.from({ length: SLOTS }, (_, slot) => slot)
const objects: Stix[] = slots.flatMap((slot) =>
  [0, 1, 2, 3, 4].map((tick) => stixOf({ slot, tick, form: '2.1', spelling: 0 })),
)

const drawn = Map.groupBy(
  fc.sample(read, { numRuns: READS, seed: 1 }).flatMap(({ filters }) => Object.entries(filters)),
  ([name]) => name,
)

describe('the filters of the model', () => {
  it('F-15: are those of the server', () => {
    const where = 'a name in traits.ts, or a rule in model-filters.ts'
    expect(Object.keys(RULES).sort(), where).toEqual(Object.keys(filterParameters).sort())
  })

  it('are all drawn, and no other', () => {
    expect([...drawn.keys()].sort(), 'asked for in steps.ts').toEqual(Object.keys(RULES).sort())
  })

  it.each(Object.keys(RULES).filter((name) => !OF_MORE_THAN_ONE.includes(name)))(
    '%s is passed by some object, and not by another',
    (name) => {
      const texts = (drawn.get(name) ?? []).map(([, text]) => text)
      const verdicts = new Set(
        [...new Set(texts)].flatMap((text) =>
          objects.map((object) => passes(object, { [name]: text })),
        ),
      )
      const where =
        'objects of drafts.ts and traits.ts that have what steps.ts asks for, and some not'
      expect([...verdicts].sort(), where).toEqual([false, true])
    },
  )
})
