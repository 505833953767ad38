/**
 * `meridian policy rule add`: a rule between two groups of the organisation.
 */
import { messageRules, seeRules } from '../../ports/records/policy.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { misused } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { changed, changeExitCodes, rulesText } from './report.ts'
import { pairMissing, pairOptions, readPair } from './rule-options.ts'

export const description: CommandDescription = {
  path: ['policy', 'rule', 'add'],
  purpose: 'say what one group may see of another, and write to it',
  details: [
    'forbid beats what users say themselves; allow and prompt stand in for the default. The rule that names the two',
    'most closely counts, and among equals the strictest. --message covers calls and sessions too. A rule goes one way',
    'only; adding to a pair of groups that has one changes what is given and leaves the rest.',
  ].join(' '),
  options: [
    ...pairOptions,
    { flags: '--see <rule>', text: 'what they may see', choices: seeRules },
    { flags: '--message <rule>', text: 'whether they may write', choices: messageRules },
  ],
  examples: [
    {
      line: 'meridian policy rule add --from research --to trading --see forbid --message forbid',
      text: 'and the same with the groups exchanged for the way back',
    },
    { line: "meridian policy rule add --from '*' --to board --see prompt", text: 'the board is asked' },
  ],
  exitCodes: changeExitCodes,
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const pair = readPair(invocation)
  if (!pair) return misused(pairMissing)
  const see = seeRules.find((rule) => rule === invocation.options.see) ?? null
  const message = messageRules.find((rule) => rule === invocation.options.message) ?? null
  if (see === null && message === null) return misused('say what the rule is: --see, --message or both')
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.policy.putRule({ ...pair, see, message })
    return result.ok ? changed(result, rulesText(result.value.rules)) : refusedOutcome(result)
  })
}
