/** One printed line: its text, and the value after it if there is one. */
export interface Line {
  words: string
  value?: unknown
}

/**
 * The lines of what a script printed. A value ends the line it is printed in; empty lines count.
 *
 * @param calls the arguments of each call of `print`: words, a value, or words and a value
 */
export function toLines(calls: readonly unknown[][]): Line[] {
  return calls.flatMap(([first, ...rest]) => {
    if (typeof first !== 'string') return [{ words: '', value: first }]
    const lines: Line[] = first.split('\n').map((words) => ({ words }))
    const last = lines.pop() ?? { words: '' }
    return [...lines, rest.length === 0 ? last : { ...last, value: rest[0] }]
  })
}

/**
 * The same of what a Python script printed.
 *
 * @param output the whole output
 * @param like the lines of its TypeScript twin: a value is looked for where the twin has one
 */
export function linesOfPython(output: string, like: readonly Line[]): Line[] {
  const texts = output.trimEnd().split('\n')
  return texts.map((text, index) => parse(text, like[index] ?? { words: text }))
}

function parse(text: string, like: Line): Line {
  if (!('value' in like) || !text.startsWith(like.words)) return { words: text }
  const value = text.slice(like.words.length).trimStart()
  return { words: like.words, value: typeof like.value === 'string' ? value : fromRepr(value) }
}

const literal = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\bTrue\b|\bFalse\b|\bNone\b/g
const constants = new Map([
  ['True', 'true'],
  ['False', 'false'],
  ['None', 'null'],
])

/** A value parsed from Python's `repr`, or the text itself if it is not one. */
function fromRepr(repr: string): unknown {
  const json = repr.replace(literal, (found) => constants.get(found) ?? JSON.stringify(unquoted(found)))
  try {
    return JSON.parse(json)
  } catch {
    return repr
  }
}

function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, '$1')
}
