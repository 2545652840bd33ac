// The one bar of this program's commands, for a person at a terminal.
import { SingleBar } from 'cli-progress'

export function newBar(stream: NodeJS.WritableStream, format: string): SingleBar {
  return new SingleBar({
    format,
    barCompleteChar: '#',
    barIncompleteChar: '-',
    stream,
    hideCursor: false,
    clearOnComplete: true,
    fps: 5,
  })
}
