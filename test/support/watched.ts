// Asks the Worker and keeps what it logs meanwhile, under other settings or bindings.
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { app } from '../../src/app.ts'
import { type Answer, type Asked, answerOf, requestOf } from './http.ts'

export type Watched = { answer: Answer; lines: string[] }

/** Bindings of the environment that are other than usual, e.g. `{ REQUEST_LOG: 'failures' }`. */
export type Bindings = Record<string, unknown>

export async function watch<Result>(
  work: () => Promise<Result>,
): Promise<{ result: Result; lines: string[] }> {
  const lines: string[] = []
  const write = (...parts: unknown[]) => void lines.push(parts.map(String).join(' '))
  const spies = (['log', 'error', 'warn', 'info', 'debug'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation(write),
  )
  try {
    return { result: await work(), lines }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

/** A Worker of its own: what one has cached, another has not. */
export function workerUnder(bindings: Bindings) {
  const environment = { ...env, ...bindings } as Env
  const ask = async (path: string, asked: Asked = {}): Promise<Answer> =>
    await answerOf(await app.fetch(requestOf(path, asked), environment, createExecutionContext()))
  return {
    ask,
    /** All requests at once. */
    async watchAll(requests: [path: string, asked?: Asked][]) {
      const all = () => Promise.all(requests.map(([path, asked]) => ask(path, asked)))
      const { result: answers, lines } = await watch(all)
      return { answers, lines }
    },
    async watch(path: string, asked: Asked = {}): Promise<Watched> {
      const { result: answer, lines } = await watch(() => ask(path, asked))
      return { answer, lines }
    },
  }
}
