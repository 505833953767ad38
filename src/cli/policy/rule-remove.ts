/**
 * `meridian policy rule remove`: takes back a rule between two groups.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { misused } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { changed, changeExitCodes, rulesText } from './report.ts'
import { pairMissing, pairOptions, readPair } from './rule-options.ts'

export const description: CommandDescription = {
  path: ['policy', 'rule', 'remove'],
  purpose: 'take back the rule between two groups',
  options: pairOptions,
  examples: [
    { line: 'meridian policy rule remove --from research --to trading', text: 'in this direction only' },
    { line: 'meridian policy rule list', text: 'what is left' },
  ],
  exitCodes: changeExitCodes,
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const pair = readPair(invocation)
  if (!pair) return misused(pairMissing)
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.policy.removeRule(pair.from, pair.to)
    return result.ok ? changed(result, rulesText(result.value.rules)) : refusedOutcome(result)
  })
}
