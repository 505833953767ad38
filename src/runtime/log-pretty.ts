/**
 * Log lines for people: time, level, worker, event, fields. Synchronous and in this thread: pino's own pretty printer
 * runs in a worker thread, which loses the last lines of a crash and would be one thread more per worker.
 */

/** Where lines go, each with its line end. */
export interface LogDestination {
  write(line: string): void
}

export interface PrettyOptions {
  readonly color: boolean
}

const levelColors: Readonly<Record<string, string>> = { debug: '90', info: '32', warn: '33', error: '31' }

export function prettyLines(target: LogDestination, options: PrettyOptions): LogDestination {
  return { write: (line) => target.write(prettyLine(line, options)) }
}

export function prettyLine(line: string, { color }: PrettyOptions): string {
  const { time, level, event, worker, ...fields } = JSON.parse(line) as Record<string, unknown>
  const paint = (text: string, code: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text)
  const parts = [
    paint(String(time).slice(11, 23), '90'),
    paint(String(level).padEnd(5), levelColors[String(level)] ?? '0'),
  ]
  if (worker !== undefined) parts.push(paint(`w${worker}`, '90'))
  parts.push(paint(plain(event), '1'))
  for (const [name, value] of Object.entries(fields)) parts.push(`${paint(`${name}=`, '90')}${plain(value)}`)
  return `${parts.join(' ')}\n`
}

/**
 * A peer's text must not move the cursor or change the colours of an administrator's terminal: whatever is not
 * printable is escaped, and a text with blanks is quoted so that it cannot look like another field.
 */
function plain(value: unknown): string {
  if (typeof value !== 'string') return String(value)
  const isBare = /^[^\s"=\p{C}]+$/u.test(value)
  return isBare ? value : JSON.stringify(value).replace(/[\p{C}]/gu, escaped)
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`
}
