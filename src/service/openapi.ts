// The OpenAPI 3.1 document, made from the operations that route and check requests.
import * as z from 'zod'
import type { Config } from '../config/config.ts'
import { HTML, NDJSON, STIX, TAXII } from '../http/media-type.ts'
import type { Operation, OperationResponse, QueryParameter } from '../http/operation.ts'
import { EXPOSITION_TYPE } from '../observe/exposition.ts'
import { errorSchema, REFUSALS, rateLimitHeaderDocs } from './openapi-refusals.ts'

type Json = Record<string, unknown>
type Schemas = Record<string, unknown>

export function openApiDocument(
  operations: readonly Operation[],
  config: Config,
  origin: string,
): Json {
  const schemas: Schemas = {}
  const paths: Record<string, Json> = {}
  for (const operation of operations) {
    const path = paths[operation.path] ?? {}
    path[operation.method.toLowerCase()] = describeOperation(operation, config, schemas)
    paths[operation.path] = path
  }
  schemas.Error = errorSchema
  return {
    openapi: '3.1.0',
    info: {
      title: config.server.title,
      description: config.server.description,
      version: '1.0.0',
    },
    servers: [{ url: origin }],
    security: [],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: { schemas, securitySchemes },
  }
}

const securitySchemes = {
  ApiKeyAuth: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'API key in X-API-Key header',
  },
  BearerAuth: {
    type: 'http',
    scheme: 'bearer',
    description: 'API key in Authorization header: `Authorization: Bearer <key>`',
  },
  BasicAuth: {
    type: 'http',
    scheme: 'basic',
    description: 'API key as the password (any user name), or as the user name',
  },
  OperatorAuth: {
    type: 'http',
    scheme: 'bearer',
    description: 'Operator token in Authorization header: `Authorization: Bearer <token>`',
  },
}

function describeOperation(operation: Operation, config: Config, schemas: Schemas): Json {
  const { access, body } = operation
  return {
    operationId: operation.operationId,
    tags: [operation.tag],
    summary: operation.summary,
    description: describeWithCost(operation, config),
    'x-source': operation.source,
    ...(access.by === 'key'
      ? { 'x-scope': access.scope, 'x-weight': access.weight(config) / 1000 }
      : {}),
    parameters: parametersOf(operation, config),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: mediaTypes(body.contentTypes, {
              schema: jsonSchema(body.schema, schemas, 'input'),
            }),
          },
        }),
    responses: {
      [operation.success.status]: describeSuccess(operation, schemas),
      ...Object.fromEntries(
        operation.refusals.map((status) => [status, describeRefusal(status, operation)]),
      ),
    },
    security: securityOf(access.by),
  }
}

function describeWithCost({ description, access }: Operation, config: Config): string {
  if (access.by !== 'key') return description
  const units = access.weight(config) / 1000
  return `${description}\n\nCosts ${units} ${units === 1 ? 'unit' : 'units'}.`
}

function securityOf(by: Operation['access']['by']): Json[] {
  if (by === 'nobody') return []
  if (by === 'operator') return [{ OperatorAuth: [] }]
  return [{ ApiKeyAuth: [] }, { BearerAuth: [] }, { BasicAuth: [] }]
}

function parametersOf({ pathParameters, query }: Operation, config: Config): Json[] {
  const inPath = Object.entries(pathParameters).map(([name, { description, example }]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string', example },
  }))
  const inQuery = Object.entries(query).map(([name, parameter]) => ({
    name,
    in: 'query',
    required: false,
    description: parameter.description,
    schema: parameterSchema(parameter, config),
  }))
  return [...inPath, ...inQuery]
}

function parameterSchema({ schema, example, configured }: QueryParameter, config: Config): Json {
  const { $schema: _, ...described } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
  })
  // Left out of the input side of a schema that transforms, although clients are who it is for.
  const { default: fallback } = schema.meta() ?? {}
  return {
    ...described,
    ...(fallback === undefined ? {} : { default: fallback }),
    ...configured?.(config),
    ...(example === undefined ? {} : { example }),
  }
}

function describeSuccess({ success, offer, access }: Operation, schemas: Schemas): Json {
  const contentTypes = {
    json: ['application/json'],
    ndjson: [NDJSON],
    metrics: [EXPOSITION_TYPE],
    html: [HTML],
    taxii: [TAXII],
    'taxii-or-stix': [TAXII, STIX],
  }
  const headers = {
    ...headersOf(success),
    ...(access.by === 'key' ? rateLimitHeaderDocs : {}),
  }
  return {
    description: success.description,
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
    ...(success.schema === undefined
      ? {}
      : {
          content: mediaTypes(contentTypes[offer], {
            schema: jsonSchema(success.schema, schemas, 'output'),
          }),
        }),
  }
}

function headersOf({ headers = {} }: OperationResponse): Json {
  return Object.fromEntries(
    Object.entries(headers).map(([name, { description, format, type = 'string' }]) => [
      name,
      { description, schema: { type, ...(format === undefined ? {} : { format }) } },
    ]),
  )
}

function describeRefusal(status: number, { offer }: Operation): Json {
  const description = REFUSALS[status] ?? 'Refused'
  const contentType = offer === 'taxii' || offer === 'taxii-or-stix' ? TAXII : 'application/json'
  return {
    description,
    ...(status === 429 || status === 503
      ? {
          headers: {
            'Retry-After': { description: 'Seconds to wait', schema: { type: 'integer' } },
          },
        }
      : {}),
    content: { [contentType]: { schema: { $ref: '#/components/schemas/Error' } } },
  }
}

function mediaTypes(names: readonly string[], content: Json): Json {
  return Object.fromEntries(names.map((name) => [name, content]))
}

/** The schema, or a reference to it when it has an id: its text then goes to the components. */
function jsonSchema(schema: z.ZodType, schemas: Schemas, io: 'input' | 'output'): Json {
  const {
    $schema: _,
    $defs = {},
    id,
    ...described
  } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      delete jsonSchema.additionalProperties
    },
  })
  for (const [name, definition] of Object.entries($defs)) {
    schemas[name] = relocate(withoutId(definition as Json))
  }
  if (typeof id !== 'string') return relocate(described)
  schemas[id] = relocate(described)
  return { $ref: `#/components/schemas/${id}` }
}

function withoutId({ id: _, ...rest }: Json): Json {
  return rest
}

function relocate(described: Json): Json {
  return JSON.parse(
    JSON.stringify(described).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as Json
}
