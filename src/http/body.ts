// Reading a request's body without trusting its length: bytes are counted as they arrive, and the
// reading stops at the first one too many.
import { refuse } from '../failure.ts'

/** The body as text. Refuses with 413 past `bytesMax`, and with 400 when it is not UTF-8. */
export async function readBody(request: Request, bytesMax: number): Promise<string> {
  const announced = Number(request.headers.get('Content-Length') ?? 0)
  if (announced > bytesMax) refuse({ kind: 'body-too-large', bytesMax })
  if (request.body === null) return ''
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  const parts: string[] = []
  let bytes = 0
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) refuse({ kind: 'body-too-large', bytesMax })
    parts.push(decode(decoder, chunk))
  }
  parts.push(decode(decoder))
  return parts.join('')
}

function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
  } catch {
    return refuse({ kind: 'bad-envelope', problem: 'The body is not UTF-8 text', isJson: false })
  }
}
