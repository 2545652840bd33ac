// Secrets and settings that are given from outside: which of two goes before the other, and that
// no key dies by a KEY_SECRET that is another one.
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DataFolder } from '../../../../cli/start/data-folder.ts'
import { readEnvironment } from '../../../../cli/start/environment.ts'
import { openSecrets } from '../../../../cli/start/secrets.ts'
import { temporaryFolder } from '../support/run.ts'

const KEY_SECRET = 'k'.repeat(32)
const ADMIN_TOKEN = 'a'.repeat(32)

function newFolder(): DataFolder {
  const folder = new DataFolder(temporaryFolder())
  mkdirSync(folder.state)
  return folder
}

test('keeps neither of two that are given', () => {
  const folder = newFolder()
  expect(openSecrets(folder, { KEY_SECRET, ADMIN_TOKEN })).toEqual({ KEY_SECRET, ADMIN_TOKEN })
  const kept = readFileSync(folder.secretsFile, 'utf8')
  expect(kept).not.toContain(KEY_SECRET)
  expect(kept).not.toContain(ADMIN_TOKEN)
  expect(openSecrets(folder, { KEY_SECRET, ADMIN_TOKEN })).toEqual({ KEY_SECRET, ADMIN_TOKEN })
})

test('makes and keeps the one that is not given', () => {
  const folder = newFolder()
  const made = openSecrets(folder, { KEY_SECRET, ADMIN_TOKEN: '' })
  expect(made.KEY_SECRET).toBe(KEY_SECRET)
  expect(openSecrets(folder, { KEY_SECRET })).toEqual(made)
})

test('takes a given operator token before the kept one, and the kept one again without it', () => {
  const folder = newFolder()
  const made = openSecrets(folder)
  expect(openSecrets(folder, { ADMIN_TOKEN })).toEqual({ ...made, ADMIN_TOKEN })
  expect(openSecrets(folder)).toEqual(made)
})

test.each([
  ['kept', {}],
  ['given', { KEY_SECRET }],
])('refuses another KEY_SECRET than the one that was %s before', (_case, before) => {
  const folder = newFolder()
  openSecrets(folder, before)
  const other = 'other'.repeat(8)
  expect(() => openSecrets(folder, { KEY_SECRET: other })).toThrow(
    /^The environment has another KEY_SECRET than .+secrets\.json knows/,
  )
})

test('refuses to do without a KEY_SECRET that was given before', () => {
  const folder = newFolder()
  openSecrets(folder, { KEY_SECRET, ADMIN_TOKEN })
  expect(() => openSecrets(folder, { ADMIN_TOKEN })).toThrow(/lacks KEY_SECRET or ADMIN_TOKEN/)
})

test('takes a given KEY_SECRET for the state of a lost file', () => {
  const folder = newFolder()
  mkdirSync(join(folder.state, 'd1'))
  expect(openSecrets(folder, { KEY_SECRET }).KEY_SECRET).toBe(KEY_SECRET)
})

test.each(['KEY_SECRET', 'ADMIN_TOKEN'])('refuses a %s that is too short', (name) => {
  expect(() => openSecrets(newFolder(), { [name]: 'short' })).toThrow(
    `${name} of the environment must have at least 32 characters.`,
  )
})

function envFile(text: string, mode = 0o600): string {
  const path = join(temporaryFolder(), 'taxii.env')
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

test('reads a file of settings below the environment itself', () => {
  const path = envFile(`# comment\nPAGE_LIMIT_MAX=7\nTIERS='{"a":1}'\nPUBLIC_ORIGIN="https://a"\n`)
  expect(readEnvironment(path, { PAGE_LIMIT_MAX: '9' })).toEqual({
    PAGE_LIMIT_MAX: '9',
    TIERS: '{"a":1}',
    PUBLIC_ORIGIN: 'https://a',
  })
  expect(readEnvironment(undefined, { A: 'b' })).toEqual({ A: 'b' })
})

test.runIf(process.platform !== 'win32')('refuses a file of secrets that others can read', () => {
  const path = envFile(`ADMIN_TOKEN=${ADMIN_TOKEN}\n`, 0o640)
  expect(() => readEnvironment(path, {})).toThrow(/\(mode 640\)\. Run: chmod 600 /)
  expect(readEnvironment(envFile('PAGE_LIMIT_MAX=7\n', 0o644), {})).toEqual({ PAGE_LIMIT_MAX: '7' })
})

test('says that a file of settings cannot be read', () => {
  const path = join(temporaryFolder(), 'absent')
  expect(() => readEnvironment(path, {})).toThrow(`${path} cannot be read: no such file`)
})
