// A Cloudflare account as the stand-in for wrangler has it.

export type Database = { uuid: string; name: string; migrations: string[]; keys: number }

export type Worker = {
  secrets: Record<string, string>
  versions: string[]
  /** That lead to it, once it was deployed. */
  hosts?: string[]
}

export type Call = { args: string[]; stdin: string }

export type Failure = {
  /** The first words of the command that fails. */
  command: string
  says: string
  /** Whether it does its work before it fails; a migration names the first that fails. */
  does?: boolean | string
}

export type Account = {
  loggedIn: boolean
  accounts: { id: string; name: string }[]
  databases: Database[]
  workers: Record<string, Worker>
  /** How many characters of code a build gives, none of which can be compressed. */
  bundleCharacters: number
  calls: Call[]
  /** Each once, in any order. */
  failures: Failure[]
}

export const ACCOUNT_ID = 'a'.repeat(32)

export function emptyAccount(): Account {
  return {
    loggedIn: true,
    accounts: [{ id: ACCOUNT_ID, name: 'Example' }],
    databases: [],
    workers: {},
    bundleCharacters: 1_000,
    calls: [],
    failures: [],
  }
}
