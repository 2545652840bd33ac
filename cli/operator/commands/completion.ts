// `completion`: a shell function `taxii-edge` for this command line, and its completion.
import { join } from 'node:path'
import { Argument, type Command } from 'commander'
import type { Terminal } from '../../terminal.ts'
import { bashCompletion } from '../completion/bash.ts'
import { fishCompletion } from '../completion/fish.ts'
import { type Place, placesOf } from '../completion/places.ts'
import { zshCompletion } from '../completion/zsh.ts'

type Shell = keyof typeof SHELLS

const SHELLS = {
  bash: (places: Place[]) => `${shellFunction()}${bashCompletion(NAME, places)}`,
  zsh: (places: Place[]) => `${shellFunction()}${zshCompletion(NAME, places)}`,
  fish: (places: Place[]) => `${fishFunction()}${fishCompletion(NAME, places)}`,
}

const NAME = 'taxii-edge'
const ROOT = join(import.meta.dirname, '../../..')

const EXAMPLES = `
The script makes ${NAME} a command of the shell: what follows it is what follows
"npm run cli --" elsewhere, and relative paths are those of the folder one is in.

Examples:
  $ source <(npm run -s cli -- completion bash)
  $ npm run -s cli -- completion zsh >> ~/.zshrc
  $ npm run -s cli -- completion fish > ~/.config/fish/conf.d/taxii-edge.fish`

export function completion(program: Command, terminal: Terminal): void {
  program
    .command('completion')
    .description('print a script that completes commands and options in a shell')
    .addArgument(new Argument('<shell>', 'shell to print it for').choices(Object.keys(SHELLS)))
    .addHelpText('after', EXAMPLES)
    .action((shell: Shell) => terminal.print(SHELLS[shell](placesOf(program))))
}

/** The Node.js of this project, whatever the system has. */
function shellFunction(): string {
  return `${NAME}() {\n  ${commandLine()} "$@"\n}\n`
}

function fishFunction(): string {
  return `function ${NAME}\n  ${commandLine()} $argv\nend\n`
}

function commandLine(): string {
  const paths = [join(ROOT, 'node_modules/.bin/node'), join(ROOT, 'cli/main.ts')]
  return paths.map((path) => `'${path.replaceAll("'", "'\\''")}'`).join(' ')
}
