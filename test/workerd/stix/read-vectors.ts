// Vectors are text files with one case a line; empty lines and lines that begin with # are not
// cases.

export function casesOf(file: string): string[] {
  return file.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

/** The first words of a case, as many as asked for, and the rest of the line, whatever is in it. */
export function wordsAndRest(line: string, words: number): string[] {
  const parts = line.split(' ')
  return [...parts.slice(0, words), parts.slice(words).join(' ')]
}
