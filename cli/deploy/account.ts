// Whether there is a login, and which account of it is meant.
import * as z from 'zod'
import { CliFailure } from '../failure.ts'
import { LOGIN_HINT } from './hints.ts'
import { parseJson, type Wrangler } from './wrangler.ts'

const login = z.looseObject({
  loggedIn: z.boolean(),
  email: z.string().optional(),
  accounts: z.array(z.looseObject({ id: z.string(), name: z.string() })).default([]),
})

export type Account = { id: string; name: string | undefined }

/** Where an account was named, and which. */
export type NamedAccount = { place: string; id: string }

/**
 * The one account that all places name, or else the only one that the login has. Throws CliFailure
 * when there is no login, or no single account.
 */
export async function chooseAccount(
  wrangler: Wrangler,
  named: readonly NamedAccount[],
): Promise<Account> {
  const [first, ...others] = named
  const other = others.find(({ id }) => id !== first?.id)
  if (first !== undefined && other !== undefined) {
    throw new CliFailure(
      `${first.place} names the account ${first.id}, but ${other.place} ${other.id}. Deploy with the one that is meant; nothing was changed.`,
    )
  }
  const ran = await wrangler.run(['whoami', '--json'])
  const state = parseJson(ran.stdout, login)
  if (state?.loggedIn === false) throw new CliFailure(`Not logged in to Cloudflare. ${LOGIN_HINT}`)
  if (state === undefined || ran.exitCode !== 0) {
    // A narrow token may not list accounts, and needs not where one is named.
    if (first !== undefined) return { id: first.id, name: undefined }
    throw wrangler.failure('tell who is logged in', ran)
  }
  return amongAccounts(state, first)
}

function amongAccounts(
  { accounts, email }: z.infer<typeof login>,
  named: NamedAccount | undefined,
): Account {
  const list = accounts.map(({ id, name }) => `  ${id}  ${name}\n`).join('')
  if (named !== undefined) {
    const found = accounts.find(({ id }) => id === named.id)
    if (found !== undefined) return found
    const who = email === undefined ? 'The login' : `The login of ${email}`
    throw new CliFailure(
      `${who} has no account ${named.id}, which ${named.place} names. It has:\n${list}`,
    )
  }
  const [only, ...more] = accounts
  if (only !== undefined && more.length === 0) return only
  if (only === undefined) throw new CliFailure(`The login has no account. ${LOGIN_HINT}`)
  throw new CliFailure(
    `The login has several accounts. Set CLOUDFLARE_ACCOUNT_ID to the one to deploy to; it is kept for later:\n${list}`,
  )
}
