// TAXII 2.1 §4.1 Server Discovery and §4.2 Get API Root Information.
import { beforeAll, describe, expect, it } from 'vitest'
import { ask, ORIGIN, ROOT } from '../../support/http.ts'
import { askUnder } from '../../support/settings.ts'
import { createKey } from '../../support/world.ts'

const PATHS = ['/taxii2/', '/api/taxii2/']

let key: string

beforeAll(async () => {
  key = (await createKey({ scopes: ['read:iocs'] })).key
})

describe.each(PATHS)('discovery at %s', (path) => {
  it('E-9: has a title and the API roots, and nothing the specification does not name', async () => {
    const { json } = await ask(path, { key })
    expect(json).toEqual({
      title: expect.stringMatching(/\S/),
      description: expect.any(String),
      default: `${ORIGIN}${ROOT}/`,
      api_roots: [`${ORIGIN}${ROOT}/`],
    })
  })

  it('§4.1.1: names a default that is, letter for letter, one of the API roots', async () => {
    const { json } = await ask(path, { key })
    expect(json.api_roots.filter((root: string) => root === json.default)).toHaveLength(1)
  })

  it('§4.1.1: gives roots as absolute HTTPS URLs without a query', async () => {
    const { json } = await ask(path, { key })
    for (const root of json.api_roots) {
      const { protocol, search, hash, pathname } = new URL(root)
      expect([protocol, search, hash]).toEqual(['https:', '', ''])
      expect(pathname).toMatch(/\/$/)
    }
  })

  it('names roots by the configured origin, not by the one that was asked', async () => {
    const settings = { PUBLIC_ORIGIN: 'https://taxii.example.org' }
    const { json } = await askUnder(settings, path, { key })
    expect(json.api_roots).toEqual([`https://taxii.example.org${ROOT}/`])
    expect(json.default).toBe(json.api_roots[0])
  })

  it('gives a contact only when one is configured', async () => {
    const { json } = await askUnder({ SERVER_CONTACT: 'soc@example.org' }, path, { key })
    expect(json.contact).toBe('soc@example.org')
  })

  it('E-6, D31: leads to a root that answers', async () => {
    const { json } = await ask(path, { key })
    expect((await ask(json.default, { key })).status).toBe(200)
  })
})

it('E-6: discovery is at the root of the host and the same beside the API root', async () => {
  const [atHost, besideRoot] = [await ask('/taxii2/', { key }), await ask('/api/taxii2/', { key })]
  expect(besideRoot.json).toEqual(atHost.json)
})

describe('the API root', () => {
  it('E-9: has what §4.2.1 requires, and nothing it does not name', async () => {
    const { json } = await ask(`${ROOT}/`, { key })
    expect(json).toEqual({
      title: expect.stringMatching(/\S/),
      description: expect.any(String),
      versions: ['application/taxii+json;version=2.1'],
      max_content_length: expect.any(Number),
    })
  })

  it('§4.2.1: lists the media type of TAXII 2.1 with its version', async () => {
    const { json } = await ask(`${ROOT}/`, { key })
    expect(json.versions).toContain('application/taxii+json;version=2.1')
  })

  it('E-13: max_content_length is a positive integer, and the one that is configured', async () => {
    const { json } = await askUnder({ MAX_CONTENT_LENGTH: '123456' }, `${ROOT}/`, { key })
    expect(json.max_content_length).toBe(123456)
    const shipped = await ask(`${ROOT}/`, { key })
    expect(Number.isSafeInteger(shipped.json.max_content_length)).toBe(true)
    expect(shipped.json.max_content_length).toBeGreaterThan(0)
  })

  it.each(['/api/taxii2/other/', '/taxii2/api/', '/api/taxii2/api2/'])(
    '404: %s is no API root',
    async (path) => {
      expect((await ask(path, { key })).status).toBe(404)
    },
  )
})
