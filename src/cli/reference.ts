/**
 * docs/reference/cli.md, made from the descriptions of the commands; a test compares it with the file.
 */
import type { Command, CommandDescription } from './command.ts'
import { codesOf } from './help.ts'
import { optionsOf } from './program.ts'

const head = `# Command line

<!-- Made from src/cli by \`UPDATE_DOCS=1 npx vitest run test/tidy\`; change the descriptions, not this page. -->

Results go to standard output, everything else to standard error. With \`--json\` the result is one object:
\`{"version": 1, "command": …, "ok": …, "exitCode": …, "result": …, "warnings": […], "error": …}\`; \`version\` rises
when a field changes its meaning.

Commands that need the configuration read the file named by \`--config\`, else by \`MERIDIAN_CONFIG\`, else
\`meridian.yaml\` in the current folder, else the defaults are in force: [configuration](configuration.md). Commands on
users, store and backup ask the running server over the socket in its data folder, or open the store themselves when no
server runs.

CSV files are those of RFC 4180 in UTF-8. Cells are written as they are: one that begins with \`=\`, \`+\`, \`-\` or
\`@\` is a formula to a spreadsheet, and names are chosen by people. Import such a file there with all columns as text;
nothing in it is ever carried out by Meridian.
`

export function cliPage(commands: readonly Command[]): string {
  const sections = commands.map(({ description }) => section(description))
  return [head, ...sections].join('\n')
}

function section(description: CommandDescription): string {
  const title = `meridian ${description.path.join(' ')}`
  const names = (description.arguments ?? []).map(({ name }) => ` ${name}`).join('')
  const parts = [`## ${title}`, `${sentence(description.purpose)}`]
  if (description.details) parts.push(description.details.replaceAll('\n', ' '))
  parts.push(`\`\`\`text\n${title}${names} [options]\n\`\`\``, optionsTable(description), examplesText(description))
  const codes = codesOf(description).map(([code, text]) => `${code} ${text}`)
  parts.push(`Exit codes: ${codes.join('; ')}.`)
  return `${parts.join('\n\n')}\n`
}

function sentence(purpose: string): string {
  return `${purpose[0]!.toUpperCase()}${purpose.slice(1)}.`
}

function optionsTable(description: CommandDescription): string {
  const rows = (description.arguments ?? []).map(({ name, text }) => row(name, text))
  for (const { flags, description: text, argChoices } of optionsOf(description)) {
    rows.push(row(flags, argChoices ? `${text}; one of ${argChoices.join(', ')}` : text))
  }
  return ['| argument or option | meaning |', '| --- | --- |', ...rows].join('\n')
}

function row(name: string, text: string): string {
  return `| \`${name}\` | ${text.replaceAll('|', '\\|')} |`
}

function examplesText({ examples }: CommandDescription): string {
  return `\`\`\`sh\n${examples.map(({ line, text }) => `# ${text}\n${line}`).join('\n')}\n\`\`\``
}
