import { describe, expect, it } from 'vitest'
import { parseBenchOptions } from '../../../bench/options.ts'

function parse(...args: string[]) {
  const said: string[] = []
  const note = (text: string) => void said.push(text)
  const parsed = parseBenchOptions(args, { print: note, report: note })
  return { parsed, said: said.join('') }
}

describe('the options of the benchmark', () => {
  it('leave it to the run whether the document is written', () => {
    const { parsed } = parse('--quick')
    expect(parsed).toMatchObject({ ok: true, options: { quick: true, reuse: false } })
    expect(parsed.ok && parsed.options.write).toBeUndefined()
  })

  it.each([
    ['--write', true],
    ['--no-write', false],
  ])('take a word for it: %s', (option, write) => {
    expect(parse(option).parsed).toMatchObject({ ok: true, options: { write } })
  })

  it('take parts separated by commas', () => {
    const { parsed } = parse('--only', 'cold, warm')
    expect(parsed).toMatchObject({ ok: true, options: { only: ['cold', 'warm'] } })
  })

  it('take a profile with and without seconds', () => {
    expect(parse('--profile', '3').parsed).toMatchObject({ options: { profile: 3 } })
    expect(parse('--profile').parsed).toMatchObject({ options: { profile: 10 } })
  })

  it.each([
    [['--only', 'lukewarm'], 'no part lukewarm'],
    [['--profile', 'soon'], '1 to 300 seconds'],
    [['--fast'], 'unknown option'],
  ])('refuse %j with a word about it', (args, word) => {
    const { parsed, said } = parse(...args)
    expect(parsed).toEqual({ ok: false, exitCode: 2 })
    expect(said).toContain(word)
  })

  it('end well after help', () => {
    expect(parse('--help').parsed).toEqual({ ok: false, exitCode: 0 })
  })
})
