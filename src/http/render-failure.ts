// The only place a failure becomes a response, and the only file that names a status of 400 or
// more. One body for two readers: TAXII's error message (TAXII 2.1 §3.6) and, under `error`, the
// published API's error object.
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { type Failure, Refusal } from '../failure.ts'
import { TAXII } from './media-type.ts'
import { SizedResponse } from './sized-response.ts'

export type Rendering = {
  status: ContentfulStatusCode
  code: string
  title: string
  message: string
  details?: Record<string, unknown>
  headers?: Record<string, string>
}

type Settings = { upgradeUrl: string }

/** Any thrown error as a failure's rendering; what is not a Refusal is a 500 without detail. */
export function renderingOf(error: unknown, settings: Settings): Rendering {
  return error instanceof Refusal ? describe(error.failure, settings) : INTERNAL_ERROR
}

/** The response for a rendering; `isTaxii` decides its content type, never its body. */
export function renderFailure(
  rendering: Rendering,
  { requestId, isTaxii }: { requestId: string; isTaxii: boolean },
): Response {
  const { status, code, title, message, details = {}, headers = {} } = rendering
  const body = {
    title,
    description: message,
    error_id: requestId,
    error_code: code,
    http_status: String(status),
    details,
    error: { code, message, details, request_id: requestId },
  }
  return new SizedResponse(JSON.stringify(body), {
    status,
    headers: {
      'Content-Type': isTaxii ? TAXII : 'application/json',
      'Cache-Control': 'no-store',
      ...headers,
    },
  })
}

const INTERNAL_ERROR: Rendering = {
  status: 500,
  code: 'internal_error',
  title: 'Internal error',
  message: 'The server failed to answer. The request id helps support to find out why.',
}

const CHALLENGES = 'Basic realm="taxii", charset="UTF-8", Bearer realm="taxii"'

function describe(failure: Failure, settings: Settings): Rendering {
  switch (failure.kind) {
    case 'missing-api-key':
    case 'bad-api-key':
    case 'address-not-allowed':
    case 'bad-operator-token':
    case 'insufficient-scope':
    case 'collection-forbids':
      return describeAccess(failure, settings)
    case 'limit-reached':
    case 'search-unfinished':
    case 'unavailable':
      return describeWait(failure)
    case 'not-found':
      return {
        status: 404,
        code: 'not_found',
        title: 'Not found',
        message: 'The requested resource was not found',
        details: { resource: failure.what },
      }
    case 'method-not-allowed':
      return {
        status: 405,
        code: 'method_not_allowed',
        title: 'Method not allowed',
        message: `This resource answers ${failure.allow.join(', ')}`,
        headers: { Allow: failure.allow.join(', ') },
      }
    default:
      return describeRequest(failure)
  }
}

type Of<Kind extends Failure['kind']> = Extract<Failure, { kind: Kind }>

function describeAccess(
  failure: Of<
    | 'missing-api-key'
    | 'bad-api-key'
    | 'address-not-allowed'
    | 'bad-operator-token'
    | 'insufficient-scope'
    | 'collection-forbids'
  >,
  { upgradeUrl }: Settings,
): Rendering {
  switch (failure.kind) {
    case 'missing-api-key':
      return unauthorized(
        'missing_api_key',
        'API key is required. Include it in the Authorization header as "Bearer <key>"',
        CHALLENGES,
      )
    case 'bad-api-key':
      return unauthorized(`${failure.problem}_api_key`, BAD_KEY[failure.problem], CHALLENGES)
    case 'bad-operator-token':
      return unauthorized(
        failure.problem === 'missing' ? 'missing_operator_token' : 'invalid_operator_token',
        'An operator token is required. Include it in the Authorization header as "Bearer <token>"',
        'Bearer realm="admin"',
      )
    case 'address-not-allowed':
      return forbidden('This API key may not be used from this network address')
    case 'insufficient-scope':
      return {
        status: 403,
        code: 'insufficient_scope',
        title: 'Insufficient scope',
        message: `This endpoint requires the "${failure.required}" scope`,
        details: {
          required_scope: failure.required,
          your_scopes: failure.granted,
          upgrade_url: upgradeUrl,
        },
      }
    case 'collection-forbids':
      return forbidden(FORBIDDEN[failure.need], { collection: failure.collection })
  }
}

const BAD_KEY = {
  invalid: 'The API key is not valid',
  expired: 'The API key has expired',
  revoked: 'The API key has been revoked',
}

const FORBIDDEN = {
  read: 'This collection cannot be read',
  write: 'This collection does not accept objects',
  delete: 'Objects of this collection cannot be deleted',
}

function unauthorized(code: string, message: string, challenge: string): Rendering {
  return {
    status: 401,
    code,
    title: 'Unauthorized',
    message,
    headers: { 'WWW-Authenticate': challenge },
  }
}

function forbidden(message: string, details?: Record<string, unknown>): Rendering {
  const rendering: Rendering = { status: 403, code: 'forbidden', title: 'Forbidden', message }
  return details === undefined ? rendering : { ...rendering, details }
}

function describeWait(
  failure: Of<'limit-reached' | 'search-unfinished' | 'unavailable'>,
): Rendering {
  const retry = { 'Retry-After': String(failure.retryAfterSeconds) }
  if (failure.kind === 'unavailable') {
    return {
      status: 503,
      code: 'unavailable',
      title: 'Unavailable',
      message: 'The server cannot answer at the moment. Try again later.',
      headers: retry,
    }
  }
  if (failure.kind === 'search-unfinished') {
    return {
      status: 503,
      code: 'unavailable',
      title: 'Search not finished',
      message:
        'Next to nothing passes this filter, so the search takes longer than one request may. Repeat the request: it goes on where this one stopped.',
      headers: retry,
    }
  }
  const isMinute = failure.window === 'minute'
  return {
    status: 429,
    code: isMinute ? 'rate_limit_exceeded' : 'quota_exceeded',
    title: isMinute ? 'Rate limit exceeded' : 'Quota exceeded',
    message: `The key has used up its units for this ${failure.window}. Retry after ${failure.retryAfterSeconds} s.`,
    details: { window: failure.window, retry_after_seconds: failure.retryAfterSeconds },
    headers: retry,
  }
}

function describeRequest(
  failure: Of<
    | 'not-acceptable'
    | 'unsupported-media-type'
    | 'body-too-large'
    | 'bad-parameter'
    | 'bad-envelope'
    | 'bad-body'
    | 'conflict'
  >,
): Rendering {
  switch (failure.kind) {
    case 'not-acceptable':
      return {
        status: 406,
        code: 'not_acceptable',
        title: 'Not acceptable',
        message: `This server speaks TAXII 2.1. Accept ${failure.offered.join(' or ')}`,
        details: { accept: failure.accept.slice(0, 200), offered: failure.offered },
      }
    case 'unsupported-media-type':
      return {
        status: 415,
        code: 'unsupported_media_type',
        title: 'Unsupported media type',
        message: `The body must be sent as ${failure.offered.join(' or ')}`,
        details: { content_type: failure.contentType?.slice(0, 200) ?? null },
      }
    case 'body-too-large':
      return {
        status: 413,
        code: 'payload_too_large',
        title: 'Payload too large',
        message: `The body may have at most ${failure.bytesMax} bytes`,
        details: { max_content_length: failure.bytesMax },
      }
    case 'bad-parameter':
      return {
        status: 400,
        code: 'invalid_parameter',
        title: 'Invalid parameter',
        message: `${failure.name}: ${failure.problem}`,
        details: { parameter: failure.name, problem: failure.problem },
      }
    case 'bad-envelope':
      return {
        status: failure.isJson ? 422 : 400,
        code: 'invalid_envelope',
        title: 'Invalid envelope',
        message: failure.problem,
      }
    case 'bad-body':
      return {
        status: 400,
        code: 'invalid_body',
        title: 'Invalid body',
        message: failure.problems.map(({ path, problem }) => `${path}: ${problem}`).join('; '),
        details: { problems: failure.problems },
      }
    case 'conflict':
      return {
        status: 409,
        code: 'conflict',
        title: 'Conflict',
        message: failure.problem,
        details: { property: failure.property },
      }
  }
}
