// A stand-in for the operator's API: it keeps what it is sent, and answers as it is told to.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type FakeRequest = {
  method: string
  path: string
  authorization: string | undefined
  body: string
}

export type FakeAnswer = {
  status?: number
  headers?: Record<string, string>
  body?: unknown
  /** Closes the connection without an answer. */
  isCut?: boolean
}

export type FakeServer = {
  url: string
  requests: FakeRequest[]
  /** Objects of all import requests that were answered with 200, in order. */
  objects: () => unknown[]
  close: () => Promise<void>
}

export type Answerer = (request: FakeRequest, count: number) => FakeAnswer | undefined

export const COLLECTION = {
  id: '0a4f1f6e-6c6b-4c7e-9d1c-3f6a2b1c0d9e',
  alias: 'feed',
  title: 'Feed',
  description: null,
  can_read: true,
  can_write: true,
  media_types: ['application/stix+json;version=2.1'],
  view_of: null,
  selects: null,
  retention_days: null,
  database: 'DB',
  last_added: null,
  created: '2026-01-01T00:00:00.000000Z',
}

/** `answer` may answer any request; what it leaves is answered as a server with one collection. */
export async function startFakeServer(answer: Answerer = () => undefined): Promise<FakeServer> {
  const requests: FakeRequest[] = []
  const accepted: string[] = []
  const server = createServer(async (incoming, outgoing) => {
    const request = await readRequest(incoming)
    requests.push(request)
    const reply = answer(request, requests.length) ?? defaultAnswer(request)
    if (isImport(request) && (reply.status ?? 200) === 200 && !reply.isCut) {
      accepted.push(request.body)
    }
    send(outgoing, reply)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    objects: () => accepted.flatMap((body) => JSON.parse(body).objects),
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

export function isImport({ path }: FakeRequest): boolean {
  return path.endsWith('/import/')
}

export function summary(received: number, refused: { index: number; message: string }[] = []) {
  return {
    received,
    added: received - refused.length,
    already_there: 0,
    refused: refused.map((each) => ({ id: `indicator--${each.index}`, version: null, ...each })),
  }
}

export function errorBody(code: string, message: string) {
  return { error: { code, message, details: {}, request_id: 'req-1' } }
}

function defaultAnswer(request: FakeRequest): FakeAnswer {
  if (isImport(request)) return { body: summary(JSON.parse(request.body).objects.length) }
  if (request.path === '/admin/collections/feed/') return { body: COLLECTION }
  return { status: 404, body: errorBody('not_found', 'The requested resource was not found') }
}

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    authorization: incoming.headers.authorization,
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

function send(outgoing: ServerResponse, reply: FakeAnswer): void {
  if (reply.isCut) {
    outgoing.destroy()
    return
  }
  outgoing.writeHead(reply.status ?? 200, { 'Content-Type': 'application/json', ...reply.headers })
  outgoing.end(JSON.stringify(reply.body ?? {}))
}
