// What every refusal must look like, whatever refused: TAXII's error message and the published
// error object in one body, under one request id.
import { expect } from 'vitest'
import { type Answer, TAXII } from './http.ts'

type Refused = { status: number; code: string; contentType?: string }

export function expectRefusal(
  { status: actual, headers, json, text }: Answer,
  { status, code, contentType = TAXII }: Refused,
): void {
  expect([actual, json?.error?.code], text).toEqual([status, code])
  expect(headers.get('Content-Type')).toBe(contentType)
  const requestId = headers.get('X-Request-Id')
  expect(requestId).toMatch(/^[\w\-=.]{1,128}$/)
  const { message } = json.error
  expect(message).not.toBe('')
  expect(json).toEqual({
    title: expect.stringMatching(/\S/),
    description: message,
    error_id: requestId,
    error_code: code,
    http_status: String(status),
    details: json.error.details,
    error: { code, message, details: expect.any(Object), request_id: requestId },
  })
}

/** A refused query parameter is named, in the message and in the details. */
export function expectBadParameter(answer: Answer, name: string): void {
  expectRefusal(answer, { status: 400, code: 'invalid_parameter' })
  expect(answer.json.details.parameter).toBe(name)
  expect(answer.json.description).toContain(name)
}

export function expectChallenges({ headers }: Answer): void {
  const challenges = headers.get('WWW-Authenticate') ?? ''
  expect(challenges).toMatch(/(^|, )Basic realm="[^"]+"/)
  expect(challenges).toMatch(/(^|, )Bearer realm="[^"]+"/)
}

/** Both families of rate limit headers, well-formed. */
export function expectRateLimitHeaders({ headers }: Answer): void {
  for (const name of ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset']) {
    expect(headers.get(name), name).toMatch(/^\d+$/)
  }
  expect(headers.get('RateLimit')).toMatch(/^"minute";r=\d+;t=\d+, "day";r=\d+;t=\d+$/)
  expect(headers.get('RateLimit-Policy')).toMatch(/^"minute";q=\d+;w=60, "day";q=\d+;w=86400$/)
}
