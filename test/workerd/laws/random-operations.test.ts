// The server against the plainest model of it, over random histories of writes, deletes and reads.
import fc from 'fast-check'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createKey } from '../../support/world.ts'
import { History, type Keys } from './history.ts'
import { SCALE, seeds } from './scale.ts'
import { step } from './steps.ts'

/** Of each seed in each database: four thousand steps in all. */
const STEPS_MIN = 1_000 * SCALE
const STEPS_OF_HISTORY_MAX = 80
/** How long histories come out is chance: they are run by so many until there are steps enough. */
const HISTORIES = 15
const ROUNDS_MAX = 20 * SCALE
/** For the shrinking of a history that fails; a run that takes this long is none that passed. */
const TIME_MS_MAX = 300_000 * SCALE

const ENOUGH_TIME = { interruptAfterTimeLimit: TIME_MS_MAX, markInterruptAsFailure: true }

const histories = fc.array(step, { maxLength: STEPS_OF_HISTORY_MAX, size: 'max' })

const DATABASES = ['DB', 'DB_2'] as const

let keys: Keys

beforeAll(async () => {
  // Each run of housekeeping is told in the log.
  vi.spyOn(console, 'log').mockReturnValue()
  const limits = { per_minute: 1_000_000, per_day: 1_000_000_000 }
  const scopes = ['read:iocs', 'read:stix', 'write:stix']
  keys = {
    pro: (await createKey({ tier: 'pro', scopes, ...limits })).key,
    free: (await createKey({ tier: 'free', scopes, ...limits })).key,
  }
})

describe('random operations', () => {
  it.each(seeds(2).flatMap((seed) => DATABASES.map((database) => [seed, database] as const)))(
    'agree with the model, seed %i, in %s',
    async (seed, database) => {
      let steps = 0
      const agrees = fc.asyncProperty(histories, async (history) => {
        const world = new History(keys, database)
        await world.begin()
        for (const each of history) await world.run(each)
        steps += world.steps
      })
      for (let round = 0; steps < STEPS_MIN && round < ROUNDS_MAX; round++) {
        await fc.assert(agrees, { seed: seed + round, numRuns: HISTORIES, ...ENOUGH_TIME })
      }
      expect(steps).toBeGreaterThanOrEqual(STEPS_MIN)
    },
    TIME_MS_MAX * 2,
  )
})
