/**
 * What the commands that change a user's own rules have in common: each is one rule for one user and some watchers.
 */
import type { UserRule } from '../../admin/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { changed, changeExitCodes, userText } from './report.ts'

type Parts = Pick<CommandDescription, 'purpose' | 'details' | 'examples'>

export function userRuleDescription(rule: UserRule, parts: Parts): CommandDescription {
  return {
    ...parts,
    path: ['policy', rule],
    arguments: [
      { name: '<user>', text: 'whose rule it is: alice or alice@example.test' },
      { name: '<watchers...>', text: 'whom it is about' },
    ],
    exitCodes: changeExitCodes,
  }
}

export async function setUserRule(invocation: Invocation, rule: UserRule): Promise<Outcome> {
  const [user, ...watchers] = invocation.arguments
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.policy.setUserRule(user!, rule, watchers)
    return result.ok ? changed(result, userText(result.value)) : refusedOutcome(result)
  })
}
