/**
 * A limit that was searched, for the terminal.
 */
import type { Probed } from './probe.ts'
import type { FoundLimit } from './search.ts'

export function probeLine({ users, seed, passes, unsteady, failing, use }: Probed): string {
  const word = unsteady ? 'unsteady' : passes ? 'passes' : 'fails'
  const [fullest] = Object.entries(use).toSorted(([, a], [, b]) => b.use / b.target - a.use / a.target)
  const most = fullest ? `, ${fullest[0]} ${percent(fullest[1].use)} of ${percent(fullest[1].target)} %` : ''
  const why = failing.length > 0 && !passes ? `: ${failing.join(', ')}` : ''
  return `${users} users, seed ${seed}: ${word}${most}${why}`
}

export function limitText(found: FoundLimit, about: string): string {
  const { limit, bracket, isNoisy, invalid, failing, probes } = found
  const lines = [`LIMIT ${invalid === null ? headline(found) : 'INVALID'} ${about}`]
  if (invalid !== null) lines.push(`  ${invalid}`)
  if (limit !== null && bracket.fail !== null)
    lines.push(`  passes at ${limit}, fails at ${bracket.fail}${failing.length > 0 ? `: ${failing.join(', ')}` : ''}`)
  if (limit !== null && bracket.fail === null) lines.push('  nothing failed up to the most that was tried')
  if (limit === null && invalid === null) lines.push(`  not even the least load passed: ${failing.join(', ')}`)
  if (isNoisy) lines.push('  noisy edge: seeds disagree near it, and the bracket was widened')
  if (found.crossCheck) lines.push(`  ${found.crossCheck.text}`)
  lines.push(`  ${probes.length} probes`)
  return lines.join('\n')
}

function headline({ limit, bracket }: FoundLimit): string {
  if (limit === null) return 'none'
  return bracket.fail === null ? `≥ ${limit} users` : `${limit} users`
}

function percent(part: number): number {
  return Math.round(part * 100)
}
