// Tells systemd how far the service is, where it is systemd that started it (Type=notify). By its
// own program: Node has no datagram sockets of the kind that is listened on.
import { execFile } from 'node:child_process'

type State = 'READY=1' | 'STOPPING=1'

export function tellServiceManager(state: State, report: (text: string) => void): void {
  const { NOTIFY_SOCKET: socket } = process.env
  if (socket === undefined || socket === '') return
  execFile('systemd-notify', [state], (error) => {
    if (error !== null) report(`systemd could not be told ${state}: ${error.message.trimEnd()}\n`)
  })
}
