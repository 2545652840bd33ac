// Where a command reads from and writes to. Commands are handed one, so that tests can hand them
// another; nothing else in the CLI touches `process`.
import type { Readable } from 'node:stream'
import type { WriteStream } from 'node:tty'

export type Terminal = {
  env: Record<string, string | undefined>
  stdin: Readable
  /** Results: what a program would read. */
  print: (text: string) => void
  /** Everything said besides. */
  report: (text: string) => void
  /** Absent when a person cannot be asked. */
  ask?: (question: string, options?: { isHidden?: boolean }) => Promise<string>
  /** Absent when nobody would see a progress bar. */
  progress?: WriteStream
}

export function processTerminal(): Terminal {
  const isInteractive = process.stdin.isTTY && process.stderr.isTTY
  return {
    env: process.env,
    stdin: process.stdin,
    print: (text) => void process.stdout.write(text),
    report: (text) => void process.stderr.write(text),
    ...(isInteractive && { ask: askOnTerminal }),
    ...(process.stderr.isTTY && { progress: process.stderr }),
  }
}

const ENTER = new Set(['\r', '\n', '\u0004'])
const BACKSPACE = new Set(['\u007f', '\b'])
const INTERRUPT = '\u0003'

/** One line, edited by backspace only; Ctrl-C ends the process as it would outside raw mode. */
function askOnTerminal(question: string, { isHidden = false } = {}): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(question)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  stdin.resume()
  return new Promise((resolve) => {
    let line = ''
    const finish = () => {
      stdin.off('data', take)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
    }
    const take = (typed: string) => {
      for (const char of typed) {
        if (char === INTERRUPT) {
          finish()
          process.exit(130)
        }
        if (ENTER.has(char)) {
          finish()
          resolve(line)
          return
        }
        if (BACKSPACE.has(char)) {
          if (line !== '' && !isHidden) stderr.write('\b \b')
          line = line.slice(0, -1)
        } else {
          line += char
          if (!isHidden) stderr.write(char)
        }
      }
    }
    stdin.on('data', take)
  })
}
