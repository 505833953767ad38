/**
 * The model of users in words: every parameter with its default, unit, distribution and source, and the presets.
 */
import type { ParameterFact } from './parameter-facts.ts'
import { eras, sources } from './parameter-facts.ts'
import { modelVersion, parameterGroups } from './parameters.ts'
import { presets } from './presets/all-presets.ts'
import { makeWorkload } from './workload.ts'

export function explainModel(): string {
  const groups = parameterGroups.map(({ title, parameters }) => {
    const each = Object.entries(parameters).map(([name, fact]) => parameterText(name, fact))
    return `${title}\n\n${each.join('\n')}`
  })
  const listed = presets.map(({ name, purpose }) => `  ${name.padEnd(15)} ${windowsText(name)}\n${wrapped(purpose)}`)
  const meanings = Object.entries(sources).map(([name, meaning]) => `  ${name.padEnd(9)} ${meaning}`)
  return [
    `The model of users, version ${modelVersion}. Defaults are those of 2003 / of today; one value is that of both.`,
    'Rates are per signed-in user and hour at activity 1.0, the busy hour; gaps are exponential unless said otherwise.',
    ...groups,
    `Presets\n\n${listed.join('\n')}`,
    `Sources\n\n${meanings.join('\n')}`,
  ].join('\n\n')
}

function parameterText(name: string, fact: ParameterFact): string {
  const symbol = fact.symbol === '' ? '' : ` (${fact.symbol})`
  const head = `  ${`${name}${symbol}`.padEnd(36)} ${defaultText(fact)}${fact.unit === '' ? '' : ` ${fact.unit}`}`
  const details = [fact.text, fact.distribution, `source: ${fact.source}`].filter((part) => part !== '')
  return `${head}\n${wrapped(details.join('; '))}`
}

/** `16 / 50`, or one value where both eras have the same. */
export function defaultText({ kind, byEra }: ParameterFact): string {
  const [old, modern] = eras.map((era) => (kind === 'switch' ? (byEra[era] ? 'yes' : 'no') : String(byEra[era])))
  return old === modern ? old! : `${old} / ${modern}`
}

function windowsText(name: string): string {
  const preset = presets.find((each) => each.name === name)!
  const { windows } = makeWorkload({ preset }).plan
  const minutes = (ms: number): string => `${Math.round(ms / 6_000) / 10} min`
  return `live: ${minutes(windows.warmUpMs)} of warm-up, ${minutes(windows.measureMs)} measured, for 10,000 users`
}

const columns = 100

function wrapped(text: string): string {
  const lines = ['     ']
  for (const word of text.split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > columns) lines.push('     ')
    lines[lines.length - 1] += ` ${word}`
  }
  return lines.join('\n')
}
