// Completion for bash 3.2 and later.
import type { Place, Word } from './places.ts'

/** A function that completes, registered for `name`. Without candidates bash offers files. */
export function bashCompletion(name: string, places: readonly Place[]): string {
  return `_taxii_edge() {
  local place='' word
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
    case "\${place:+$place }$word" in
      ${patternOf(places)}) place="\${place:+$place }$word" ;;
    esac
  done
  local words='' options='' candidates=''
  case "$place/$previous" in
${places.flatMap(valueCases).join('\n')}
    *)
      case "$place" in
${places.map(placeCase).join('\n')}
      esac
      case "$current" in
        -*) candidates=$options ;;
        *) candidates=$words ;;
      esac
      ;;
  esac
  COMPREPLY=($(compgen -W "$candidates" -- "$current"))
}
complete -o default -F _taxii_edge ${name}
`
}

function patternOf(places: readonly Place[]): string {
  return places
    .filter(({ name }) => name !== '')
    .map(({ name }) => `'${name}'`)
    .join(' | ')
}

function valueCases({ name, options }: Place): string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map(({ text, values = [] }) => `    '${name}/${text}') candidates='${values.join(' ')}' ;;`)
}

function placeCase({ name, words, options }: Place): string {
  return `        '${name}') words='${textsOf(words)}' options='${textsOf(options)}' ;;`
}

function textsOf(words: readonly Word[]): string {
  return words.map(({ text }) => text).join(' ')
}
