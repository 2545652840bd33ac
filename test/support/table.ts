// Rows of a table of tests under names that fit on a line, whatever the values.
const NAME_CHARS_MAX = 60

export function shown<Value extends string>(values: readonly Value[]): [string, Value][] {
  return values.map((value) => [nameOf(value), value])
}

function nameOf(text: string): string {
  if (text === '') return 'nothing'
  return text.length > NAME_CHARS_MAX
    ? `${text.slice(0, NAME_CHARS_MAX)}… (${text.length})`
    : JSON.stringify(text)
}
