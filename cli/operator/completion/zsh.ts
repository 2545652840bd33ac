// Completion for zsh, with descriptions.
import type { Place, Word } from './places.ts'

/** A function that completes, registered for `name`. Without candidates zsh offers files. */
export function zshCompletion(name: string, places: readonly Place[]): string {
  // Not called `path`: that is zsh's name for PATH.
  return `_taxii_edge() {
  local place='' word previous=\${words[CURRENT-1]}
  local -a candidates
  for word in \${words[2,CURRENT-1]}; do
    case "\${place:+$place }$word" in
      (${patternOf(places)}) place="\${place:+$place }$word" ;;
    esac
  done
  case "$place/$previous" in
${places.flatMap(valueCases).join('\n')}
  esac
  case "$place" in
${places.map(placeCase).join('\n')}
  esac
  (( \${#candidates} )) && _describe taxii-edge candidates
  [[ $words[CURRENT] == -* ]] || _files
}
compdef _taxii_edge ${name}
`
}

function patternOf(places: readonly Place[]): string {
  return places
    .filter(({ name }) => name !== '')
    .map(({ name }) => `'${name}'`)
    .join('|')
}

function valueCases({ name, options }: Place): string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map(({ text, values }) => {
      const action = values === undefined ? '_files' : `compadd -- ${values.join(' ')}`
      return `    ('${name}/${text}') ${action}; return ;;`
    })
}

function placeCase({ name, words, options }: Place): string {
  return `    ('${name}') candidates=(${[...words, ...options].map(candidateOf).join(' ')}) ;;`
}

function candidateOf({ text, description }: Word): string {
  const quoted = `${text}:${description}`.replaceAll("'", "'\\''")
  return `'${description === '' ? text : quoted}'`
}
