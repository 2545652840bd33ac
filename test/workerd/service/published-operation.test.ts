// The published contract of the objects endpoint, as structure: what its readers rely on must be in
// our document as it is in theirs. More may stand beside it.
import { beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../../support/http.ts'

const PATH = '/api/taxii2/api/collections/{collectionId}/objects/'
const TAXII = 'application/taxii+json;version=2.1'

type Parameter = { name: string; in: string; required?: boolean; schema: Record<string, unknown> }

/** Name, place, whether it must be given, and what of its schema is promised. */
const parameters: Parameter[] = [
  { name: 'collectionId', in: 'path', required: true, schema: { type: 'string' } },
  { name: 'added_after', in: 'query', schema: { type: 'string', format: 'date-time' } },
  { name: 'limit', in: 'query', schema: { type: 'integer', default: 100, maximum: 1000 } },
  { name: 'type', in: 'query', schema: { type: 'string' } },
]

/** Headers of 200 and the format of their text. */
const headers = {
  'X-TAXII-Date-Added-First': { type: 'string', format: 'date-time' },
  'X-TAXII-Date-Added-Last': { type: 'string', format: 'date-time' },
}

const stixBundle = {
  type: 'object',
  properties: {
    type: { type: 'string', enum: ['bundle'] },
    id: { type: 'string', pattern: '^bundle--[0-9a-f-]+$' },
    objects: { type: 'array', items: { type: 'object' } },
  },
}

/** Required members of the error object, and the types of all of them. */
const errorMembers = {
  code: 'string',
  message: 'string',
  details: 'object',
  request_id: 'string',
}
const errorRequired = ['code', 'message', 'request_id']

const securitySchemes = {
  ApiKeyAuth: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  BearerAuth: { type: 'http', scheme: 'bearer' },
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever members the document has
let document: any
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever members the document has
let operation: any

beforeAll(async () => {
  document = (await ask('/api/openapi.json')).json
  operation = document.paths[PATH]?.get
})

describe('the published operation', () => {
  it('stands at its path under its name and tag', () => {
    expect(operation.operationId).toBe('getTAXIIObjects')
    expect(operation.tags).toEqual(['TAXII'])
  })

  it.each(parameters)('has the parameter $name', ({ name, in: place, required, schema }) => {
    const ours = operation.parameters.filter((each: Parameter) => each.name === name)
    expect(ours).toHaveLength(1)
    expect(ours[0]).toMatchObject({ in: place, required: required ?? false, schema })
  })

  it('asks for nothing that was not asked for', () => {
    const needed = operation.parameters.filter((each: Parameter) => each.required)
    expect(needed.map(({ name }: Parameter) => name)).toEqual(['collectionId'])
  })

  it('answers 200 with the bundle in the TAXII content type', () => {
    const { content } = operation.responses['200']
    expect(content[TAXII].schema).toEqual({ $ref: '#/components/schemas/STIXBundle' })
  })

  it.each(Object.entries(headers))('heads 200 with %s', (name, schema) => {
    expect(operation.responses['200'].headers[name].schema).toEqual(schema)
  })

  it.each(['401', '403', '404'])('can answer %s with the error', (status) => {
    const { content } = operation.responses[status]
    for (const media of Object.values<{ schema: unknown }>(content)) {
      expect(media.schema).toEqual({ $ref: '#/components/schemas/Error' })
    }
    expect(Object.keys(content)).not.toEqual([])
  })

  it('takes a key in a header or as a bearer, either alone', () => {
    for (const scheme of Object.keys(securitySchemes)) {
      expect(operation.security).toContainEqual({ [scheme]: [] })
    }
    expect(document.security).toEqual([])
  })
})

describe('the published components', () => {
  it('STIXBundle', () => {
    expect(document.components.schemas.STIXBundle).toMatchObject(stixBundle)
  })

  it('Error', () => {
    const { required, properties } = document.components.schemas.Error
    expect(required).toContain('error')
    expect(properties.error.type).toBe('object')
    expect(properties.error.required).toEqual(errorRequired)
    for (const [name, type] of Object.entries(errorMembers)) {
      expect(properties.error.properties[name].type).toBe(type)
    }
  })

  it.each(Object.entries(securitySchemes))('security scheme %s', (name, scheme) => {
    expect(document.components.securitySchemes[name]).toMatchObject(scheme)
  })
})
