// Running a program: what it is given, what it says, how it is ended.
import { expect, test } from 'vitest'
import { program } from '../../../../cli/deploy/run-program.ts'

const NEVER = new AbortController().signal
const around = {
  cwd: import.meta.dirname,
  env: { WORD: 'given' },
  stdin: 'in',
  interruption: NEVER,
}

function node(script: string) {
  return (changes: Partial<typeof around> = {}) =>
    program(process.execPath, '-e', script)({ args: ['word'], ...around, ...changes })
}

test('gives arguments, environment and input, and keeps both outputs apart and together', async () => {
  const run = node(`
    const input = require('node:fs').readFileSync(0, 'utf8')
    console.log(process.argv.at(-1), process.env.WORD, input)
    console.error('besides')
    process.exitCode = 3`)
  const { exitCode, stdout, said } = await run()
  expect([exitCode, stdout]).toEqual([3, 'word given in\n'])
  expect(said.split('\n').sort()).toEqual(['', 'besides', 'word given in'])
})

test('does not mind a program that reads nothing', async () => {
  const { exitCode } = await node('process.exit(0)')({ stdin: 'x'.repeat(1_000_000) })
  expect(exitCode).toBe(0)
})

test('ends the program when interrupted', async () => {
  const interruption = new AbortController()
  const running = node('setInterval(() => {}, 1_000)')({ interruption: interruption.signal })
  interruption.abort()
  await expect(running).rejects.toMatchObject({ name: 'AbortError' })
})
