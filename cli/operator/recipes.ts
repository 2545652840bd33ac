// What to enter in a client product to connect it. `KEY` stands for the API key, which is not
// printed; the same recipes stand in docs/clients.md.

export type Place = { origin: string; apiRoot: string; collectionId: string; title: string }

export const recipes: Record<string, (place: Place) => Record<string, string>> = {
  sentinel: ({ apiRoot, collectionId }) => ({
    'API root URL': apiRoot,
    'Collection ID': collectionId,
    Username: 'apikey',
    Password: 'KEY',
  }),
  opencti: ({ apiRoot, collectionId }) => ({
    'TAXII version': '2.1',
    'TAXII server URL': apiRoot,
    'TAXII collection': collectionId,
    'Authentication type': 'Bearer',
    Token: 'KEY',
  }),
  'opencti-connector': ({ origin, title }) => ({
    'Discovery URL': `${origin}/taxii2/`,
    Collections: `api.${title}`,
    Username: 'apikey',
    Password: 'KEY',
  }),
  xsoar: ({ origin, title }) => ({
    'Discovery URL': `${origin}/taxii2/`,
    Username: '_header:X-API-Key',
    Password: 'KEY',
    Collection: title,
  }),
  elastic: ({ apiRoot, collectionId }) => ({
    URL: `${apiRoot}collections/${collectionId}/objects/`,
    'Enable TAXII 2.1': 'on',
    'API key': 'KEY',
    'API key type': 'Bearer',
    Limit: '1000',
    'Initial interval': 'how far back the first fetch goes, such as 720h',
  }),
  splunk: ({ apiRoot, collectionId }) => ({
    'TAXII 2.1 URL': apiRoot,
    Collection: collectionId,
    Credential: 'user apikey, password KEY',
    Note: 'credentials are found by their user: take another one for a second feed',
  }),
  sumologic: basicByRoot,
  eclecticiq: basicByRoot,
  exabeam: basicByRoot,
  qradar: basicByDiscovery,
  trend: basicByDiscovery,
  misp: ({ origin, apiRoot, collectionId }) => ({
    'Base URL': origin,
    'API root': new URL(apiRoot).pathname,
    Collection: collectionId,
    'API key': 'apikey:KEY',
  }),
  'taxii2-client': ({ origin }) => ({
    Python: `Server("${origin}/taxii2/", user="apikey", password="KEY")`,
    Note: 'neither part may be empty, and a collection goes by its id',
  }),
  curl: ({ apiRoot, collectionId }) => ({
    Command: `curl -H "Authorization: Bearer $KEY" -H "Accept: application/taxii+json;version=2.1" "${apiRoot}collections/${collectionId}/objects/?limit=100"`,
  }),
}

function basicByRoot({ apiRoot, collectionId }: Place): Record<string, string> {
  return {
    'TAXII version': '2.1',
    'API root URL': apiRoot,
    'Collection ID': collectionId,
    Authentication: 'Basic',
    Username: 'apikey',
    Password: 'KEY',
  }
}

function basicByDiscovery({ origin, title }: Place): Record<string, string> {
  return {
    'TAXII version': '2.1',
    'Discovery URL': `${origin}/taxii2/`,
    Authentication: 'Basic',
    Username: 'apikey',
    Password: 'KEY',
    Collection: title,
  }
}
