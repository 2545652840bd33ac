// The stand-in for wrangler as a program of its own, with its account in the file FAKE_ACCOUNT.
import { readFileSync, writeFileSync } from 'node:fs'
import type { Account } from './account.ts'
import { callWrangler } from './fake-wrangler.ts'

const { env } = process
const file = env.FAKE_ACCOUNT ?? ''
const account: Account = JSON.parse(readFileSync(file, 'utf8'))
const stdin = readFileSync(0, 'utf8')
const { exitCode, stdout, stderr } = callWrangler(account, {
  args: process.argv.slice(2),
  stdin,
  env,
})
writeFileSync(file, JSON.stringify(account))
process.stdout.write(stdout)
process.stderr.write(stderr)
process.exitCode = exitCode
