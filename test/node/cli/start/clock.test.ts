// The clock of an embedded server: it goes on whatever comes of a call, until it is stopped.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { callEveryHour } from '../../../../cli/start/clock.ts'

const HOUR_MS = 3_600_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('calls soon, then every hour, also after a failure, until it is stopped', async () => {
  const told: string[] = []
  let calls = 0
  const stop = callEveryHour(
    async () => {
      calls++
      if (calls === 2) throw new Error('no database')
    },
    (text) => told.push(text),
  )
  expect(calls).toBe(0)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(calls).toBe(1)
  await vi.advanceTimersByTimeAsync(2 * HOUR_MS)
  expect(calls).toBe(3)
  expect(told).toEqual(['Housekeeping failed: no database\n'])
  stop()
  await vi.advanceTimersByTimeAsync(5 * HOUR_MS)
  expect(calls).toBe(3)
})
