// How refusals look in the OpenAPI document: one schema for all of them.

export const REFUSALS: Record<number, string> = {
  400: 'A parameter or the body was not understood; the message names it',
  401: 'Authentication required or invalid',
  403: 'Insufficient permissions or scope',
  404: 'Resource not found',
  406: 'The Accept header asks for nothing this server speaks',
  409: 'In conflict with what exists',
  413: 'The body is larger than allowed',
  415: 'The body is of a type this server does not take',
  422: 'The body is JSON but not an envelope',
  429: 'The key has used up its units for this window',
  503: 'The server cannot answer at the moment',
}

const text = { type: 'string' }

/** The published error object, inside TAXII's error message. */
export const errorSchema = {
  type: 'object',
  required: ['title', 'error'],
  properties: {
    title: text,
    description: text,
    error_id: { ...text, description: 'Unique request identifier for support' },
    error_code: text,
    http_status: text,
    details: { type: 'object' },
    error: {
      type: 'object',
      required: ['code', 'message', 'request_id'],
      properties: {
        code: { ...text, description: 'Error code for programmatic handling' },
        message: { ...text, description: 'Human-readable error message' },
        details: { type: 'object', description: 'Additional error details' },
        request_id: { ...text, description: 'Unique request identifier for support' },
      },
    },
  },
}

const integerHeader = (description: string) => ({ description, schema: { type: 'integer' } })

export const rateLimitHeaderDocs = {
  'X-RateLimit-Limit': integerHeader('Maximum units per minute'),
  'X-RateLimit-Remaining': integerHeader('Units remaining in the current window'),
  'X-RateLimit-Reset': integerHeader('Unix timestamp when the window ends'),
  RateLimit: { description: 'What is left of each window', schema: text },
  'RateLimit-Policy': { description: 'The windows of the key', schema: text },
}
