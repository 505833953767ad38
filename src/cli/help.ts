/**
 * What stands below the options in a command's help: details, examples, exit codes. Made from its description.
 */
import type { CommandDescription, ExitCode } from './command.ts'
import { exitCodes } from './command.ts'

export function helpAfter(description: CommandDescription): string {
  const parts: string[] = []
  if (description.details) parts.push(wrapped(description.details))
  const examples = description.examples.map(({ line, text }) => `  $ ${line}\n      ${text}`)
  parts.push(`Examples:\n${examples.join('\n')}`)
  const codes = codesOf(description).map(([code, text]) => `  ${String(code).padStart(2)}  ${text}`)
  parts.push(`Exit codes:\n${codes.join('\n')}`)
  return `\n${parts.join('\n\n')}\n`
}

/** Columns of the help, on every terminal: what tests compare and the reference prints. */
export const helpColumns = 100

function wrapped(text: string): string {
  const lines = ['']
  for (const word of text.split(/\s+/)) {
    const line = lines.at(-1)!
    if (line.length + word.length < helpColumns) lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
    else lines.push(word)
  }
  return lines.join('\n')
}

export function codesOf(description: CommandDescription): readonly (readonly [ExitCode, string])[] {
  const common: [ExitCode, string][] = [
    [exitCodes.ok, 'done'],
    [exitCodes.usage, 'the command line is wrong'],
  ]
  if (!description.withoutConfig) common.push([exitCodes.configuration, 'the configuration is wrong'])
  const own = Object.entries(description.exitCodes ?? {}).map(
    ([code, text]) => [Number(code) as ExitCode, text] as const,
  )
  const all = new Map<ExitCode, string>([...common, [exitCodes.failed, 'failed'], ...own])
  return [...all].sort(([left], [right]) => left - right)
}
