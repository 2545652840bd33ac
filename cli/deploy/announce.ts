// What a deployment says in the end: a page for a person, or one line for a program.
import { renderProperties } from '../render.ts'
import type { Environment } from './options.ts'

/** Filled as it goes, so that a failure tells how far it came. */
export type Outcome = {
  environment: Environment
  worker?: string
  account_id?: string
  /** Where it was found ready: the operator's address. */
  url?: string
  /** The origin in the URLs that it hands out, which may be another host. */
  public_origin?: string
  version_id?: string
  /** Where a roll-back goes. */
  version_before?: string
  databases?: {
    binding: string
    name: string
    id: string
    created: boolean
    migrations_applied: string[]
    restore_command?: string
  }[]
  secrets_set?: string[]
  /** Only when it was made by this very run. */
  admin_token?: string
}

export function announceJson(outcome: Outcome, problem: string | undefined): string {
  return `${JSON.stringify({ ok: problem === undefined, ...(problem && { problem }), ...outcome })}\n`
}

export function announceText(outcome: Outcome): string {
  const { environment, url = '', worker = '', version_id, version_before } = outcome
  const { public_origin = url } = outcome
  return `
taxii-edge is ready on ${url}

${indented(
  renderProperties({
    'TAXII discovery': `${public_origin}/taxii2/`,
    'API document': `${url}/docs`,
    Environment: environment,
    Worker: `${worker}, version ${version_id}`,
    'Version before': version_before,
  }),
)}
${tokenText(outcome)}Next steps
${indented(nextSteps(url, public_origin))}`
}

/** The operator token, this once; empty when none was made. */
export function tokenText({ admin_token, secrets_set = [] }: Outcome): string {
  if (admin_token === undefined) return ''
  const doubt = secrets_set.includes('ADMIN_TOKEN') ? '' : ', if it was set before the failure'
  return `Operator token, shown this once and stored nowhere but in the Worker${doubt}
  ${admin_token}

`
}

function nextSteps(url: string, publicOrigin: string): string {
  return `export TAXII_EDGE_URL=${url} TAXII_EDGE_TOKEN=...
npm run cli -- collection create --title "My feed" --alias my-feed --writable
npm run cli -- import feed.json --collection my-feed
npm run cli -- key create --tier pro --label "SIEM" --collection my-feed
curl -H "Authorization: Bearer $KEY" -H "Accept: application/taxii+json;version=2.1" "${publicOrigin}/api/taxii2/api/collections/my-feed/objects/?limit=5"
`
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
