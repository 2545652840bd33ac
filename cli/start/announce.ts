// What `npm start` says when it is ready: a page for a person, or one line for a program.
import { renderProperties } from '../render.ts'
import type { Prepared } from './first-start.ts'

export type Ready = Prepared & { url: string; adminToken: string; secretsFile: string }

export function announceJson({ url, adminToken, keys, collections }: Ready): string {
  const line = {
    url,
    discovery: `${url}/taxii2/`,
    adminToken,
    keys,
    collections: collections.map(({ id, alias, title }) => ({ id, alias, title })),
  }
  return `${JSON.stringify(line)}\n`
}

export function announceText(ready: Ready): string {
  const { url, keys, collections, secretsFile } = ready
  const curl = curlLine(ready)
  const names = collections.map(({ id, alias, title }) => [alias ?? id, `${id}  ${title}`])
  return `
taxii-edge is ready on ${url}

${indented(renderProperties({ 'TAXII discovery': `${url}/taxii2/`, 'API document': `${url}/docs` }))}
${section('Collections', renderProperties(Object.fromEntries(names)))}\
${keys === undefined ? '' : section('Demo keys', renderProperties(keys))}\
Operator token, for npm run cli
${indented(`export TAXII_EDGE_URL=${url} TAXII_EDGE_TOKEN=$(node -p 'require("${secretsFile}").ADMIN_TOKEN')\n`)}
${curl === undefined ? '' : section('Try it', `${curl}\n`)}\
Ctrl-C ends the server.
`
}

function section(title: string, text: string): string {
  return text === '' ? '' : `${title}\n${indented(text)}\n`
}

/** The published API's own example, for this server; undefined without the demo keys. */
export function curlLine({
  url,
  keys,
  begun,
}: Pick<Ready, 'url' | 'keys' | 'begun'>): string | undefined {
  if (keys === undefined) return undefined
  const addedAfter = `${begun.slice(0, 10)}T00:00:00Z`
  const query = `added_after=${addedAfter}&limit=5`
  const page = `${url}/api/taxii2/api/collections/soc-defenders-network/objects/?${query}`
  return `curl -H "Authorization: Bearer ${keys.pro}" -H "Accept: application/taxii+json;version=2.1" "${page}"`
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
