// Completion for fish, with descriptions.
import type { Place } from './places.ts'

/** Without candidates fish offers files. */
export function fishCompletion(name: string, places: readonly Place[]): string {
  const names = places.filter((place) => place.name !== '').map((place) => `'${place.name}'`)
  return `function __taxii_edge_at
  set -l place ''
  for word in (commandline -opc)[2..-1]
    set -l longer (string trim -- "$place $word")
    contains -- $longer ${names.join(' ')}; and set place $longer
  end
  test "$place" = "$argv[1]"
end
${places.flatMap((place) => linesOf(name, place)).join('\n')}
`
}

function linesOf(program: string, { name, words, options }: Place): string[] {
  const start = `complete -c ${program} -n "__taxii_edge_at '${name}'"`
  return [
    ...words.map(({ text, description }) => `${start} -f -a ${text}${told(description)}`),
    ...options.map(({ text, description, takesValue, values }) => {
      const taking = values === undefined ? ' -r' : ` -x -a ${quoted(values.join(' '))}`
      return `${start} -l ${text.slice(2)}${takesValue ? taking : ''}${told(description)}`
    }),
  ]
}

function told(description: string): string {
  return description === '' ? '' : ` -d ${quoted(description)}`
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
