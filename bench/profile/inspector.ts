// The runtime's inspector, as far as a CPU profile needs it: one WebSocket, commands and answers.
import { once } from 'node:events'
import type { CpuProfile } from './cpu-profile.ts'

const SAMPLING_MICROSECONDS = 200

type Message = { id?: number; result?: unknown; error?: { message: string } }

export class Inspector {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #sent = 0

  /** `host` is the inspector's; `worker` names the Worker among those it knows. */
  static async connect(host: string, worker: string): Promise<Inspector> {
    const response = await fetch(`http://${host}/json`)
    const targets = (await response.json()) as { id: string; webSocketDebuggerUrl: string }[]
    const target = targets.find(({ id }) => id.includes(worker))
    if (target === undefined) {
      throw new Error(`the inspector knows only ${targets.map(({ id }) => id).join(', ')}`)
    }
    const socket = new WebSocket(target.webSocketDebuggerUrl)
    await once(socket, 'open')
    return new Inspector(socket)
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => this.#settle(JSON.parse(String(data))))
  }

  /** The profile of the time that the work takes. */
  async profile(work: () => Promise<unknown>): Promise<CpuProfile> {
    await this.#send('Profiler.enable')
    await this.#send('Profiler.setSamplingInterval', { interval: SAMPLING_MICROSECONDS })
    await this.#send('Profiler.start')
    await work()
    const { profile } = (await this.#send('Profiler.stop')) as { profile: CpuProfile }
    return profile
  }

  /** What the isolate holds: objects, strings, array buffers. */
  async heapBytes(): Promise<number> {
    const use = (await this.#send('Runtime.getHeapUsage')) as Record<string, number>
    return (use.usedSize ?? 0) + (use.backingStorageSize ?? 0) + (use.embedderHeapUsedSize ?? 0)
  }

  close(): void {
    this.#socket.close()
  }

  async #send(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#sent
    const answer = Promise.withResolvers<unknown>()
    this.#waiting.set(id, answer)
    this.#socket.send(JSON.stringify({ id, method, params }))
    return await answer.promise
  }

  #settle({ id, result, error }: Message): void {
    const answer = this.#waiting.get(id ?? 0)
    if (id === undefined || answer === undefined) return
    this.#waiting.delete(id)
    if (error === undefined) answer.resolve(result)
    else answer.reject(new Error(error.message))
  }
}
