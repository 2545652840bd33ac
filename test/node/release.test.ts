// What names a release says the same: package.json, the lock file, the change log.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { RELEASE } from '../../cli/release.ts'
import { run } from './cli/support/run.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

test('the change log begins with the release, or with what comes after it', () => {
  const headings = [...read('CHANGELOG.md').matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
  expect(headings.length).toBeGreaterThan(0)
  const released = headings.filter((heading, index) => index > 0 || heading !== 'Unreleased')
  expect(released[0]).toBe(JSON.parse(read('package.json')).version)
  expect(new Set(headings).size).toBe(headings.length)
})

test('the command line tells the release', async () => {
  const { version } = JSON.parse(read('package.json'))
  expect(RELEASE).toBe(version)
  expect(await run(['--version'])).toEqual({ exitCode: 0, out: `${version}\n`, err: '' })
})
