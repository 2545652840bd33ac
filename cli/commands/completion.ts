// `completion`: a script for the shell that completes commands and options, made from the commands
// themselves.
import { Argument, type Command } from 'commander'
import type { Terminal } from '../terminal.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

/** Words that may follow a path of commands, e.g. `key create`. */
type Words = { path: string; words: string[] }

const EXAMPLES = `
Examples:
  $ alias taxii-edge='npm run -s --prefix /path/to/taxii-edge cli --'
  $ source <(taxii-edge completion bash)`

export function completion(program: Command, terminal: Terminal): void {
  program
    .command('completion')
    .description('print a completion script for the command taxii-edge')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .addHelpText('after', EXAMPLES)
    .action((shell: Shell) => {
      terminal.print(scripts[shell](wordsOf(program, '')))
    })
}

function wordsOf(command: Command, path: string): Words[] {
  const options = command.options.flatMap(({ long }) => long ?? [])
  const names = command.commands.map((each) => each.name())
  return [
    { path, words: [...names, ...options, '--help'] },
    ...command.commands.flatMap((each) => wordsOf(each, `${path} ${each.name()}`.trim())),
  ]
}

const scripts: Record<Shell, (all: Words[]) => string> = {
  bash: (all) => `_taxii_edge() {
  local path="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${all.map(({ path, words }) => `    "${path}") COMPREPLY=($(compgen -W "${words.join(' ')}" -- "\${COMP_WORDS[COMP_CWORD]}")) ;;`).join('\n')}
  esac
}
complete -o default -F _taxii_edge taxii-edge
`,
  zsh: (all) => `autoload -U +X bashcompinit && bashcompinit
${scripts.bash(all)}`,
  fish: (all) =>
    all
      .map(({ path, words }) => {
        const isAt =
          path === ''
            ? '__fish_use_subcommand'
            : `__fish_seen_subcommand_from ${path.split(' ').at(-1)}`
        return `complete -c taxii-edge -n '${isAt}' -a '${words.join(' ')}'`
      })
      .join('\n')
      .concat('\n'),
}
