/**
 * docs/workload.md: its words are written by hand, its table of parameters and its presets are held to the code.
 */
import { defaultText } from '../../sim/workload/explain.ts'
import { type ParameterFact, sources } from '../../sim/workload/parameter-facts.ts'
import { modelVersion, parameterGroups } from '../../sim/workload/parameters.ts'

const begins = /<!-- parameters: [^\n]* -->\n/
const ends = '<!-- end of parameters -->'

/** The page with its table made anew. */
export function workloadPage(page: string): string {
  const start = begins.exec(page)
  const end = page.indexOf(ends)
  if (!start || end < 0) throw new Error('docs/workload.md has lost the marks around its table of parameters')
  return `${page.slice(0, start.index + start[0].length)}\n${parameterTables()}\n${page.slice(end)}`
}

function parameterTables(): string {
  const tables = parameterGroups.map(({ title, parameters }) => {
    const rows = Object.entries(parameters).map(([name, fact]) => parameterRow(name, fact))
    const titles = '| parameter | default 2003 / modern | what | distribution | source |'
    const head = [titles, titles.replaceAll(/[^|]+/g, ' --- ')]
    return `### ${title}\n\n${[...head, ...rows].join('\n')}\n`
  })
  const meanings = Object.entries(sources).map(([name, meaning]) => `* ${name}: ${meaning}.`)
  const head = `Version ${modelVersion} of the model; one default is that of both eras. Sources:`
  return `${head}\n\n${meanings.join('\n')}\n\n${tables.join('\n')}`
}

function parameterRow(name: string, fact: ParameterFact): string {
  const symbol = fact.symbol === '' ? '' : ` (${fact.symbol})`
  const value = `${defaultText(fact)} ${fact.unit}`.trim()
  const cells = [`\`${name}\`${symbol}`, value, fact.text, fact.distribution, fact.source]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
