// Serves the OpenAPI document; made at the first request for it, so that starting costs nothing.
import * as z from 'zod'
import type { AppContext } from '../http/context.ts'
import type { Operation } from '../http/operation.ts'
import { publicOrigin } from '../http/public-origin.ts'
import { SizedResponse } from '../http/sized-response.ts'
import { openApiDocument } from './openapi.ts'

export function openApiOperation(all: () => readonly Operation[]): Operation {
  return {
    operationId: 'getOpenApi',
    source: 'OpenAPI 3.1',
    method: 'GET',
    path: '/api/openapi.json',
    tag: 'Service',
    summary: 'This document',
    description: 'The OpenAPI 3.1 document of the whole service.',
    pathParameters: {},
    query: {},
    success: { status: 200, description: 'The document', schema: z.object({}) },
    refusals: [],
    offer: 'json',
    access: { by: 'nobody' },
    handle: async function answerOpenApi(c: AppContext): Promise<Response> {
      const { config } = c.get('runtime')
      const origin = publicOrigin(config.publicOrigin, c.req.url)
      return new SizedResponse(JSON.stringify(openApiDocument(all(), config, origin)), {
        headers: { 'Content-Type': 'application/json', 'Cache-Control': 'public, max-age=300' },
      })
    },
  }
}
