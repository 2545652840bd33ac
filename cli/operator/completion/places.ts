// What may be typed where, read from the commands themselves: nothing is listed twice.
import type { Command, Option } from 'commander'

/** A command as completion sees it; `name` is '' for the program, else as `key create`. */
export type Place = { name: string; words: Word[]; options: PlaceOption[] }

export type Word = { text: string; description: string }

/** `values` are the only ones it takes; undefined when anything may follow. */
export type PlaceOption = Word & { takesValue: boolean; values: readonly string[] | undefined }

/** The program first, then every command below it. */
export function placesOf(program: Command): Place[] {
  return collectPlaces(program, '', optionsOf(program))
}

function collectPlaces(command: Command, name: string, shared: PlaceOption[]): Place[] {
  const own = name === '' ? [] : optionsOf(command)
  const help: PlaceOption = {
    text: '--help',
    description: 'tell more',
    takesValue: false,
    values: undefined,
  }
  const words = command.commands.map((each) => ({
    text: each.name(),
    description: each.description(),
  }))
  // Only a command takes its arguments from a closed list, if it does at all.
  const choices = command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices)
  const place: Place = {
    name,
    words: [...words, ...choices.map((text) => ({ text, description: '' }))],
    options: [...own, ...shared, help],
  }
  const below = command.commands.flatMap((each) =>
    collectPlaces(each, `${name} ${each.name()}`.trim(), shared),
  )
  return [place, ...below]
}

function optionsOf(command: Command): PlaceOption[] {
  return command.options.map((option: Option) => ({
    text: option.long ?? option.flags,
    description: option.description,
    takesValue: option.required || option.optional,
    values: option.argChoices,
  }))
}
