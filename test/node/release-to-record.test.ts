// Which source tree may be recorded as a release.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { releaseToRecord } from '../smoke/releases/release-to-record.ts'
import { temporaryFolder } from './cli/support/run.ts'

let checkout: string

function git(...args: string[]): void {
  const who = ['-c', 'user.name=someone', '-c', 'user.email=someone@example.org']
  execFileSync('git', ['-C', checkout, ...who, ...args], { stdio: 'pipe' })
}

beforeEach(() => {
  checkout = temporaryFolder()
  git('init', '--quiet')
  writeFileSync(join(checkout, 'package.json'), '{"version":"1.2.3"}')
  git('add', '.')
  git('commit', '--quiet', '--message', 'first')
})

test('is that of the tag', () => {
  git('tag', 'v1.2.3')
  expect(releaseToRecord(checkout, ['1.2.2'])).toBe('1.2.3')
})

test('is none without a tag of its name, or past it', () => {
  const refusal = `${checkout} is not at the tag v1.2.3.`
  expect(() => releaseToRecord(checkout, [])).toThrow(refusal)
  git('tag', 'v1.2.30')
  expect(() => releaseToRecord(checkout, [])).toThrow(refusal)
  git('tag', 'v1.2.3')
  git('commit', '--quiet', '--allow-empty', '--message', 'second')
  expect(() => releaseToRecord(checkout, [])).toThrow(refusal)
})

test('is none with changes, also such as git does not know', () => {
  git('tag', 'v1.2.3')
  writeFileSync(join(checkout, 'new.ts'), '')
  expect(() => releaseToRecord(checkout, [])).toThrow(`${checkout} has changes.`)
})

test('is none that is kept', () => {
  git('tag', 'v1.2.3')
  expect(() => releaseToRecord(checkout, ['1.2.3'])).toThrow('1.2.3 is kept already.')
})
