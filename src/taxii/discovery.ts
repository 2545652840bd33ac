// 4.1 Server Discovery and 4.2 Get API Root Information: where a client begins.
import type { AppContext } from '../http/context.ts'
import { TAXII } from '../http/media-type.ts'
import type { Operation } from '../http/operation.ts'
import { publicOrigin } from '../http/public-origin.ts'
import { answerKeptResource } from './answer.ts'
import { API_ROOT_PATH, DISCOVERY_PATHS } from './paths.ts'
import { type ApiRoot, apiRoot, type Discovery, discovery } from './resources.ts'

const access = {
  by: 'key',
  scope: null,
  weight: (config) => config.weights.other,
} as const satisfies Operation['access']

const [wellKnownPath, contractPath] = DISCOVERY_PATHS

export const getDiscovery: Operation = {
  operationId: 'getDiscovery',
  source: 'TAXII 2.1 §4.1',
  method: 'GET',
  path: wellKnownPath,
  tag: 'TAXII',
  summary: 'Discover the server',
  description: 'The API roots of this server.',
  pathParameters: {},
  query: {},
  success: { status: 200, description: 'The API roots', schema: discovery },
  refusals: [401, 406, 429, 503],
  offer: 'taxii',
  access,
  handle: answerDiscovery,
}

/** The same document beside the API root, for clients that are given that part of the URL. */
export const getDiscoveryBesideRoot: Operation = {
  ...getDiscovery,
  operationId: 'getDiscoveryBesideRoot',
  path: contractPath,
}

export const getApiRoot: Operation = {
  ...getDiscovery,
  operationId: 'getApiRoot',
  source: 'TAXII 2.1 §4.2',
  path: API_ROOT_PATH,
  summary: 'Show the API root',
  description: 'What this API root is called, speaks and accepts.',
  success: { status: 200, description: 'The API root', schema: apiRoot },
  handle: answerApiRoot,
}

async function answerDiscovery(c: AppContext): Promise<Response> {
  const { server, publicOrigin: configured } = c.get('runtime').config
  const root = `${publicOrigin(configured, c.req.url)}${API_ROOT_PATH}`
  const body: Discovery = {
    title: server.title,
    description: server.description,
    ...(server.contact === '' ? {} : { contact: server.contact }),
    // Clients compare the two as strings.
    default: root,
    api_roots: [root],
  }
  return answerKeptResource(c, body)
}

async function answerApiRoot(c: AppContext): Promise<Response> {
  const { server, maxContentLength } = c.get('runtime').config
  const body: ApiRoot = {
    title: server.title,
    description: server.description,
    versions: [TAXII],
    max_content_length: maxContentLength,
  }
  return answerKeptResource(c, body)
}
