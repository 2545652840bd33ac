// Fills an empty server over HTTP, as operators and clients would, and writes down what it answers.
import type {
  AuditLine,
  CollectionState,
  KeyState,
  KeyUsage,
} from '../../../cli/operator/resources.ts'
import {
  DELETED_ID,
  DELETED_TEXT,
  feedObjects,
  LEGACY_TEXTS,
  PARTNER_TEXTS,
  REFUSED_TEXT,
  VERSIONED_ID,
} from './content.ts'
import { ADMIN_TOKEN, tokenOf } from './derived-secrets.ts'
import { NAME_HEADER } from './deterministic-worker.ts'
import { API_ROOT, type RecordedWalk, type Recording, walk } from './recording.ts'

const OWNER = 'npm start'
const READ = ['read:iocs', 'read:stix']

/** The keys by the names they are made under. */
const KEYS: Record<string, object> = {
  pro: { tier: 'pro', label: 'demo pro', owner: OWNER },
  free: { tier: 'free', label: 'demo free', owner: OWNER },
  writer: { tier: 'pro', label: 'demo writer', owner: OWNER, scopes: [...READ, 'write:stix'] },
  bound: { tier: 'pro', collections: ['partner'], per_minute: 77, per_day: 7_777 },
  lasting: { tier: 'free', scopes: READ, expires: '2999-01-01T00:00:00Z' },
  inside: { tier: 'pro', networks: ['127.0.0.0/8'] },
  outside: { tier: 'pro', networks: ['203.0.113.0/24'] },
  revoked: { tier: 'pro' },
  replaced: { tier: 'pro', label: 'rotated' },
}
const SUCCESSOR = 'successor'
const OPERATOR = 'erin'

/** All that is made of random bytes. */
export const NAMES = [...Object.keys(KEYS), SUCCESSOR, OPERATOR]

const MAIN = 'soc-defenders-all'
const COLLECTIONS = [
  { alias: MAIN, title: 'SOC Defenders All', description: 'Every object', can_write: true },
  view('network', ['ipv4-addr', 'ipv6-addr', 'domain-name', 'url', 'email-addr']),
  view('hashes', ['file']),
  { alias: 'partner', title: 'Partner feed', can_write: true },
  {
    alias: 'legacy',
    title: 'Old and new STIX',
    media_types: ['application/stix+json;version=2.0', 'application/stix+json;version=2.1'],
  },
]

/** Walked in small pages, so that there are cursors of every kind. */
const WALKS: Omit<RecordedWalk, 'pages'>[] = [
  ...[MAIN, 'soc-defenders-network', 'soc-defenders-hashes', 'partner', 'legacy'].flatMap(
    (alias) => [
      objects(alias),
      objects(alias, { 'match[version]': 'all', limit: '5' }),
      { key: 'pro', path: `/collections/${alias}/manifest/`, query: { limit: '20' } },
    ],
  ),
  objects(MAIN, { 'match[type]': 'ipv4-addr,file' }),
  objects(MAIN, { type: 'indicator' }),
  objects(MAIN, { x_sort: 'desc' }),
  objects(MAIN, { 'match[revoked]': 'true', 'match[version]': 'all', limit: '1' }),
  objects(MAIN, { 'match[confidence-gte]': '60' }),
  objects('partner', { 'match[value]': '198.51.100.7', limit: '1' }),
  objects('legacy', { 'match[spec_version]': '2.0,2.1', limit: '1' }),
  {
    key: 'pro',
    path: `/collections/partner/objects/${VERSIONED_ID}/`,
    query: { 'match[version]': 'all', limit: '2' },
  },
  {
    key: 'pro',
    path: `/collections/partner/objects/${VERSIONED_ID}/versions/`,
    query: { limit: '2' },
  },
  { key: 'bound', path: '/collections/partner/objects/', query: {} },
]

export async function fillAndRecord(url: string, release: string): Promise<Recording> {
  const recordedAt = new Date().toISOString()
  const admin = caller(url, ADMIN_TOKEN)
  for (const collection of COLLECTIONS) await admin('POST', '/admin/collections/', collection)
  for (const [name, terms] of Object.entries(KEYS)) await admin('POST', '/admin/keys/', terms, name)
  const made = await admin<{ keys: KeyState[] }>('GET', '/admin/keys/?limit=100')
  const idOf = (name: string) =>
    made.keys.find(({ last_four }) => tokenOf(name).endsWith(last_four))?.id ?? `no key ${name}`
  await admin('POST', `/admin/keys/${idOf('revoked')}/revoke/`)
  const overlap = { overlap_seconds: 0 }
  await admin('POST', `/admin/keys/${idOf('replaced')}/rotate/`, overlap, SUCCESSOR)
  await admin('POST', '/admin/operators/', { name: OPERATOR }, OPERATOR)

  await importTexts(
    url,
    MAIN,
    feedObjects(Date.parse(recordedAt)).map((each) => JSON.stringify(each)),
  )
  await importTexts(url, 'legacy', LEGACY_TEXTS)
  const statuses = await addAsWriter(url)

  const walks: RecordedWalk[] = []
  for (const asked of WALKS) {
    walks.push({ ...asked, pages: await walk(url, tokenOf(asked.key), asked) })
  }
  const { keys } = await admin<{ keys: KeyState[] }>('GET', '/admin/keys/?limit=100')
  const reader = idOf('bound')
  const { reads } = await admin<KeyUsage>('GET', `/admin/keys/${reader}/usage/`)
  return {
    release,
    recordedAt,
    collections: (await admin<{ collections: CollectionState[] }>('GET', '/admin/collections/'))
      .collections,
    walks,
    statuses,
    keys,
    reads: reads.map(({ collection, position }) => ({ keyId: reader, collection, position })),
    operators: (await admin<Pick<Recording, 'operators'>>('GET', '/admin/operators/')).operators,
    audit: (await admin<{ lines: AuditLine[] }>('GET', '/admin/audit/?limit=100')).lines,
  }
}

function view(name: string, subtypes: string[]): object {
  return {
    alias: `soc-defenders-${name}`,
    title: `SOC Defenders ${name}`,
    view: { of: MAIN, types: ['identity', 'marking-definition'], subtypes },
  }
}

function objects(alias: string, query: Record<string, string> = {}): Omit<RecordedWalk, 'pages'> {
  return { key: 'pro', path: `/collections/${alias}/objects/`, query: { limit: '7', ...query } }
}

/** Calls of the operator's API; `name` is of what they make. */
function caller(url: string, token: string) {
  return async <Body>(method: string, path: string, json?: object, name = ''): Promise<Body> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(json && { 'Content-Type': 'application/json' }),
        ...(name && { [NAME_HEADER]: name }),
      },
      body: json === undefined ? null : JSON.stringify(json),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
    return (await response.json()) as Body
  }
}

async function importTexts(url: string, alias: string, texts: string[]): Promise<void> {
  const response = await fetch(`${url}/admin/collections/${alias}/import/`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
    body: `{"objects":[${texts.join(',')}]}`,
  })
  const summary = (await response.json()) as { added: number }
  if (summary.added !== texts.length) throw new Error(JSON.stringify(summary))
}

/** One object a request, so that each keeps its own status; one is refused, one deleted. */
async function addAsWriter(url: string): Promise<Recording['statuses']> {
  const objectsUrl = `${url}${API_ROOT}/collections/partner/objects/`
  const headers = { Authorization: `Bearer ${tokenOf('writer')}` }
  const statuses: Recording['statuses'] = []
  for (const text of [...PARTNER_TEXTS, REFUSED_TEXT, DELETED_TEXT]) {
    const response = await fetch(objectsUrl, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/taxii+json;version=2.1' },
      body: `{"objects":[${text}]}`,
    })
    const answer = (await response.json()) as { id: string }
    if (response.status !== 202) throw new Error(JSON.stringify(answer))
    statuses.push({ key: 'writer', path: `/status/${answer.id}/`, answer })
  }
  const deleted = await fetch(`${objectsUrl}${DELETED_ID}/`, { method: 'DELETE', headers })
  if (deleted.status !== 200) throw new Error(await deleted.text())
  return statuses
}
