// The housekeeping commands: what the runs did, and one run or as many as it takes.
import { expect, test } from 'vitest'
import { fakeServer, run } from './support/run.ts'

const WORK = {
  database: 'DB',
  statuses: 0,
  searches: 0,
  audit_lines: 0,
  removed_rows: 0,
  retired_versions: 0,
  more_left: false,
  problem: null,
}

const RUN = {
  at: '2026-01-01T00:07:00.000000Z',
  cause: 'clock',
  milliseconds: 12,
  more_left: false,
  databases: [WORK],
}

test('lists what the runs did, a line for each database', async () => {
  const second = { ...WORK, database: 'DB_2', retired_versions: 1_500, more_left: true }
  const runs = [{ ...RUN, databases: [WORK, second] }]
  const server = await fakeServer(() => ({ body: { runs } }))
  const { exitCode, out } = await run(['housekeeping', 'list'], { url: server.url })
  expect(exitCode).toBe(0)
  expect(out).toMatch(/2026-01-01 00:07:00Z +clock +12 +DB +nothing\n/)
  expect(out).toMatch(/clock +12 +DB_2 +1,500 object versions past retention +more\n/)
})

test('says when there was none', async () => {
  const server = await fakeServer(() => ({ body: { runs: [] } }))
  const { out } = await run(['housekeeping', 'list'], { url: server.url })
  expect(out).toBe('There was no housekeeping yet.\n')
})

test.each([
  [[], 1],
  [['--all'], 3],
])('runs once, or until nothing is left: %j', async (more, runs) => {
  const server = await fakeServer((_, count) => ({ body: { ...RUN, more_left: count < 3 } }))
  const { exitCode, out } = await run(['housekeeping', 'run', ...more], { url: server.url })
  expect(exitCode).toBe(0)
  expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(
    Array.from({ length: runs }, () => 'POST /admin/housekeeping/'),
  )
  expect(out.match(/clock/g)).toHaveLength(runs)
})

test('does not repeat what cannot be done, and fails', async () => {
  const problem = 'D1_ERROR: out of reach'
  const databases = [{ ...WORK, more_left: true, problem }]
  const server = await fakeServer(() => ({ body: { ...RUN, more_left: true, databases } }))
  const { exitCode, err } = await run(['housekeeping', 'run', '--all'], { url: server.url })
  expect(exitCode).toBe(1)
  expect(err).toBe(`DB: ${problem}\n`)
  expect(server.requests).toHaveLength(1)
})
