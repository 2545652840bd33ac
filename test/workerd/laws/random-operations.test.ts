// The server against the plainest model of it, over random histories of writes, deletes and reads.
import fc from 'fast-check'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createKey } from '../../support/world.ts'
import { History, type Keys } from './history.ts'
import { SCALE, seeds } from './scale.ts'
import { step } from './steps.ts'

const HISTORIES = Math.ceil(30 * SCALE)
const STEPS_MAX = 80
/** Also bounds the shrinking of a history that fails. */
const TIME_MS_MAX = 60_000 * SCALE

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
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: STEPS_MAX, size: 'max' }), async (history) => {
          const world = new History(keys, database)
          await world.begin()
          for (const each of history) await world.run(each)
          steps += world.steps
        }),
        { seed, numRuns: HISTORIES, interruptAfterTimeLimit: TIME_MS_MAX },
      )
      expect(steps).toBeGreaterThan(HISTORIES)
    },
    TIME_MS_MAX * 2,
  )
})
