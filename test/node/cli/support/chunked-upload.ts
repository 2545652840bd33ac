// A client that sends a chunked body by hand, so that it is known how much of it was taken. Node's
// own client would hide what happens to a connection that is closed while it sends.
import { connect, type Socket } from 'node:net'

const CHUNK_BYTES = 65_536

export type Upload = {
  url: string
  headers?: Record<string, string>
  /** What the body begins with; the rest of it is spaces. */
  start?: string
  bytes: number
}

export type Uploaded = {
  /** Of the body, taken by the system: what lies in its buffers counts too. */
  taken: number
  /** Of the answer, as far as it was heard before the connection ended. */
  status: number | undefined
  body: string
}

/** Goes on sending after an answer has come, until all is sent or the connection is closed. */
export async function uploadChunked(upload: Upload): Promise<Uploaded> {
  const { url, headers = {}, start = '', bytes } = upload
  const { hostname, port, pathname } = new URL(url)
  const socket = connect(Number(port), hostname)
  let heard = ''
  socket.setEncoding('utf8').on('data', (text: string) => {
    heard += text
  })
  // That the connection breaks is one of the outcomes.
  socket.on('error', () => {})
  const closed = happening(socket, 'close')
  const lines = Object.entries({ Host: 'localhost', ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  )
  const head = [`POST ${pathname} HTTP/1.1`, ...lines, 'Transfer-Encoding: chunked', '', '']
  await written(socket, closed, head.join('\r\n'))
  let taken = 0
  while (taken < bytes && !socket.destroyed) {
    const size = Math.min(CHUNK_BYTES, bytes - taken)
    const text = start.slice(taken, taken + size).padEnd(size)
    if (!(await written(socket, closed, `${size.toString(16)}\r\n${text}\r\n`))) break
    taken += size
  }
  if (taken === bytes) await written(socket, closed, '0\r\n\r\n')
  while (!isWhole(heard) && !socket.destroyed) {
    await Promise.race([happening(socket, 'data'), closed])
  }
  socket.destroy()
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(heard) ?? []
  const body = heard.slice(heard.indexOf('\r\n\r\n') + 4)
  return {
    taken,
    status: status === undefined ? undefined : Number(status),
    body,
  }
}

/** Unlike `once` of Node, not ended by an error. */
async function happening(socket: Socket, event: 'close' | 'data'): Promise<void> {
  await new Promise<void>((resolve) => socket.once(event, () => resolve()))
}

/** False when the connection was closed instead. */
async function written(socket: Socket, closed: Promise<unknown>, text: string): Promise<boolean> {
  const flushed = new Promise<boolean>((resolve) => {
    socket.write(text, (error) => resolve(error == null))
  })
  return await Promise.race([flushed, closed.then(() => false)])
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n')
  const [, length] = /^content-length: (\d+)\r$/im.exec(answer.slice(0, end + 2)) ?? []
  if (end === -1) return false
  if (length === undefined) return answer.endsWith('0\r\n\r\n')
  return Buffer.byteLength(answer) - end - 4 >= Number(length)
}
