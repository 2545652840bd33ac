// What `npm start` says besides its announcement: to a person in lines of text, as a service in one
// line of JSON per event. Both go to standard error, and neither holds a secret.

export type StartLog = {
  /** Something to know; ends with a line break. `event` names it for a program. */
  report: (text: string, event?: string) => void
  /** A turn in the life of a service, which a person sees anyway. */
  event: (name: string, facts?: Record<string, unknown>) => void
  /** What the Worker or its runtime logged. */
  pass: (text: string) => void
}

export function textLog(write: (text: string) => void): StartLog {
  return { report: (text) => write(text), event: () => {}, pass: write }
}

export function serviceLog(write: (text: string) => void): StartLog {
  const event: StartLog['event'] = (name, facts) => {
    write(`${JSON.stringify({ time: new Date().toISOString(), event: name, ...facts })}\n`)
  }
  return {
    report: (text, name = 'notice') => event(name, { message: text.trimEnd() }),
    event,
    pass: (text) => {
      const line = text.trimEnd()
      if (isJsonObject(line)) write(`${line}\n`)
      else if (line !== '') event('runtime', { message: line })
    },
  }
}

/** The Worker's own lines are events already. */
function isJsonObject(line: string): boolean {
  if (!line.startsWith('{') || line.includes('\n')) return false
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}
