// What to do about the failures of wrangler that a deployer can mend, by what it says.

export const LOGIN_HINT =
  'Log in with `npx wrangler login`, or set CLOUDFLARE_API_TOKEN to a token made from the template "Edit Cloudflare Workers" with the permission D1: Edit added.'

const PLANS = 'https://dash.cloudflare.com/?to=/:account/workers/plans'

const HINTS: [said: RegExp, hint: string][] = [
  [/necessary to set a CLOUDFLARE_API_TOKEN|not logged in/i, LOGIN_HINT],
  [
    /code: 9109\]|code: 6111\]|Invalid access token|Invalid format for Authorization/,
    'CLOUDFLARE_API_TOKEN is no valid token: it may have been cut, expired or revoked.',
  ],
  [
    /code: 10000\]|code: 10001\]|Authentication error/,
    'The login lacks a permission. A token needs, for the account, Workers Scripts: Edit, D1: Edit and Account Settings: Read; for a custom domain also, for its zone, Workers Routes: Edit.',
  ],
  [
    /More than one account available/,
    'Name the account in CLOUDFLARE_ACCOUNT_ID, or as account_id in the deploy file.',
  ],
  [
    /maximum number of D1 databases|code: 7406\]/,
    `A Workers Free plan holds 10 D1 databases. Delete one that is not needed, or change the plan: ${PLANS}`,
  ],
  [
    /code: 10097\]/,
    'A Workers Free plan has Durable Objects with SQLite storage only, which is what new_sqlite_classes in wrangler.toml asks for: see whether the deploy file says otherwise.',
  ],
  [
    /too_many_crons|limit of \d+ cron triggers|code: 10072\]/,
    `The account has no cron trigger left: 5 on a Workers Free plan, over all Workers. Remove one, change the plan (${PLANS}), or go without hourly housekeeping by an empty [triggers] in the deploy file.`,
  ],
  [
    /not_entitled|code: 10015\]|requires a paid|upgrade to (?:a|the) (?:Workers )?Paid/i,
    `The plan of the account lacks something that the configuration asks for: ${PLANS}`,
  ],
  [
    /register a workers\.dev subdomain|workers\.dev subdomain registered|code: 10063\]/,
    'The account has no workers.dev subdomain yet: open Workers & Pages in the dashboard once, or name a custom domain as a route in the deploy file.',
  ],
  [/code: 10034\]|verify your .*email/i, 'Confirm the email address of the Cloudflare account.'],
  [
    /latest version of your Worker isn't currently deployed/,
    'The newest version of the Worker is not the one that answers, as after a roll-back. Set the secrets with `npx wrangler versions secret bulk`, or deploy the newest version first.',
  ],
  [
    /Unable to resolve Cloudflare's API hostname|fetch failed|request to Cloudflare's API timed out/,
    'Cloudflare could not be reached from here.',
  ],
]

/** The first that applies. */
export function hintFor(said: string): string | undefined {
  return HINTS.find(([pattern]) => pattern.test(said))?.[1]
}
