// Every operator's command stands in a document, in the words that are typed.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { run } from './support/run.ts'

const DOCS = join(import.meta.dirname, '../../../docs')

/** The commands below one, as its help lists them; none where it is a command itself. */
async function below(...words: string[]): Promise<string[]> {
  const { out } = await run([...words, '--help'])
  const [, listed = ''] = out.split('\nCommands:\n')
  const names = [...listed.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map(([, name = '']) => name)
  const commands = names.filter((name) => name !== 'help')
  const deeper = await Promise.all(
    commands.map(async (name) => {
      const further = await below(...words, name)
      return further.length === 0 ? [name] : further.map((each) => `${name} ${each}`)
    }),
  )
  return deeper.flat()
}

test('every command is described', async () => {
  const commands = await below()
  expect(commands).toEqual(expect.arrayContaining(['doctor', 'key create', 'housekeeping run']))
  const described = readdirSync(DOCS)
    .filter((name) => name.endsWith('.md'))
    .map((name) => readFileSync(join(DOCS, name), 'utf8'))
    .join('\n')
  const typed = (command: string) => new RegExp(`npm run (?:-s )?cli -- ${command}(?![a-z-])`)
  expect(commands.filter((command) => !typed(command).test(described))).toEqual([])
})
