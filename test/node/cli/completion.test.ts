// Completion: what bash offers where, asked of bash itself; and that no shell is forgotten a command.
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { run } from './support/run.ts'

const TRY = `
COMP_WORDS=(taxii-edge "$@")
COMP_CWORD=$#
_taxii_edge
printf '%s\\n' "\${COMPREPLY[@]}"`

async function offered(...words: string[]): Promise<string[]> {
  const { out } = await run(['completion', 'bash'])
  const args = ['-c', `${out}${TRY}`, 'bash', ...words]
  return execFileSync('bash', args, { encoding: 'utf8' }).trim().split('\n').filter(Boolean)
}

test.runIf(process.platform !== 'win32').each([
  [
    ['key', ''],
    ['create', 'list', 'show', 'change', 'revoke', 'rotate'],
  ],
  [
    ['key', 'r'],
    ['revoke', 'rotate'],
  ],
  [['--json', 'key', 'l'], ['list']],
  [
    ['key', 'create', '--tier', 'key', '--per-'],
    ['--per-minute', '--per-day'],
  ],
  [['key', 'create', '--label', ''], []],
  [['import', 'fi'], []],
  [
    ['doctor', '--product', 'op'],
    ['opencti', 'opencti-connector'],
  ],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
])('after %j offers %j', async (words, expected) => {
  expect(await offered(...words)).toEqual(expected)
})

test.each(['bash', 'zsh', 'fish'])('knows every command in %s', async (shell) => {
  const { exitCode, out } = await run(['completion', shell])
  expect(exitCode).toBe(0)
  const { out: help } = await run(['--help'])
  const names = [...help.matchAll(/^ {2}([a-z]+)(?: \[| {2})/gm)].map(([, name]) => name ?? '')
  expect(names).toEqual(expect.arrayContaining(['key', 'collection', 'import', 'doctor']))
  for (const name of names.filter((each) => each !== 'help')) expect(out).toContain(name)
  expect(out).not.toContain('undefined')
})

test('needs a shell that it knows', async () => {
  expect((await run(['completion', 'tcsh'])).exitCode).toBe(2)
  expect((await run(['completion'])).exitCode).toBe(2)
})
