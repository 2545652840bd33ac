// The OpenAPI document is whole: every operation of the routing table once, every reference leads
// somewhere, every path parameter is declared, and what it says of an operation is what happens.
import { beforeAll, describe, expect, it } from 'vitest'
import { operations } from '../../../src/app.ts'
import { named } from '../../support/endpoints.ts'
import { ask } from '../../support/http.ts'
import { askUnder } from '../../support/settings.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever members the document has
let document: any

beforeAll(async () => {
  document = (await ask('/api/openapi.json')).json
})

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever members the document has
const described = (): any[] =>
  Object.values<Record<string, unknown>>(document.paths).flatMap((path) => Object.values(path))

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) =>
    name === '$ref' && typeof member === 'string' ? [member] : refsIn(member),
  )
}

function resolve(ref: string): unknown {
  const steps = ref.replace(/^#\//, '').split('/')
  return steps.reduce<unknown>(
    (value, step) => (value as Record<string, unknown> | undefined)?.[step],
    document,
  )
}

describe('the document', () => {
  it('is OpenAPI 3.1 with a title, a version and a server', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/)
    expect(document.info).toMatchObject({
      title: expect.stringMatching(/\S/),
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    })
    expect(document.servers).toEqual([{ url: 'https://taxii.test' }])
  })

  it('names the configured origin as its server', async () => {
    const { json } = await askUnder({ PUBLIC_ORIGIN: 'https://a.example' }, '/api/openapi.json')
    expect(json.servers).toEqual([{ url: 'https://a.example' }])
  })

  it('tells the limits and costs that are configured', async () => {
    const settings = { PAGE_LIMIT_DEFAULT: '7', PAGE_LIMIT_MAX: '70', WEIGHT_MANIFEST_PAGE: '0.5' }
    const { json } = await askUnder(settings, '/api/openapi.json')
    const { get } = json.paths['/api/taxii2/api/collections/{collectionId}/manifest/']
    const limit = get.parameters.find(({ name }: { name: string }) => name === 'limit')
    expect(limit.schema).toMatchObject({ default: 7, maximum: 70 })
    expect(get.description).toContain('Costs 0.5 units.')
  })

  it('says of the page for reading that it is HTML', () => {
    const { content } = document.paths['/docs'].get.responses['200']
    expect(Object.keys(content)).toEqual(['text/html; charset=utf-8'])
  })

  it('has every operation of the routing table and no other', () => {
    const listed = Object.entries<Record<string, unknown>>(document.paths).flatMap(
      ([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    const routed = operations.map(({ method, path }) => `${method} ${path}`)
    expect(listed.toSorted()).toEqual(routed.toSorted())
  })

  it('gives each operation a name of its own', () => {
    const ids = described().map(({ operationId }) => operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]+$/)
  })

  it('has no reference that leads nowhere', () => {
    const refs = refsIn(document)
    expect(refs.length).toBeGreaterThan(50)
    for (const ref of new Set(refs)) expect(resolve(ref), ref).toBeTypeOf('object')
  })

  it('has no schema that nothing refers to', () => {
    const used = new Set(refsIn(document))
    for (const name of Object.keys(document.components.schemas)) {
      expect(used, name).toContain(`#/components/schemas/${name}`)
    }
  })

  it('names only security schemes that it defines', () => {
    const known = Object.keys(document.components.securitySchemes)
    for (const { security } of described()) {
      for (const alternative of security) {
        for (const scheme of Object.keys(alternative)) expect(known).toContain(scheme)
      }
    }
  })

  it('lists every tag it uses', () => {
    const listed = document.tags.map(({ name }: { name: string }) => name)
    for (const { tags } of described()) {
      for (const tag of tags) expect(listed).toContain(tag)
    }
  })
})

describe.each(named(operations))('%s', (_, operation) => {
  const { method, path, access, refusals, success, query } = operation
  const ours = () => document.paths[path][method.toLowerCase()]

  it('declares the parameters of its path, and no others there', () => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    const declared = ours().parameters.filter((each: { in: string }) => each.in === 'path')
    expect(declared.map(({ name }: { name: string }) => name)).toEqual(inPath)
    for (const { required, schema } of declared) {
      expect([required, schema.type]).toEqual([true, 'string'])
    }
  })

  it('declares its query parameters with a type and a text', () => {
    const declared = ours().parameters.filter((each: { in: string }) => each.in === 'query')
    expect(declared.map(({ name }: { name: string }) => name)).toEqual(Object.keys(query))
    for (const { name, schema, description, required } of declared) {
      expect(schema.type, name).toBeTypeOf('string')
      expect(description, name).toMatch(/\S/)
      expect(required).toBe(false)
    }
  })

  it('declares its success and every refusal with a description', () => {
    const declared = Object.keys(ours().responses).map(Number)
    expect(declared.toSorted()).toEqual([success.status, ...refusals].toSorted())
    for (const response of Object.values<{ description: string }>(ours().responses)) {
      expect(response.description).toMatch(/\S/)
    }
  })

  it('declares the refusals of its gates', () => {
    const gates = { nobody: [], operator: [401], key: [401, 406, 429, 503] }
    for (const status of gates[access.by]) expect(refusals).toContain(status)
    if (access.by === 'key' && access.scope !== null) expect(refusals).toContain(403)
    if (path.includes('{')) expect(refusals).toContain(404)
    if (Object.keys(query).length > 0) expect(refusals).toContain(400)
  })

  it('has security of its kind', () => {
    const schemes = ours().security.flatMap((each: object) => Object.keys(each))
    const expected = {
      nobody: [],
      operator: ['OperatorAuth'],
      key: ['ApiKeyAuth', 'BearerAuth', 'BasicAuth'],
    }
    expect(schemes).toEqual(expected[access.by])
  })
})
