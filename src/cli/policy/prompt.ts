/**
 * `meridian policy prompt`: ask first.
 */
import type { Invocation, Outcome } from '../command.ts'
import { setUserRule, userRuleDescription } from './user-rule.ts'

export const description = userRuleDescription('prompt', {
  purpose: 'ask a user before watchers see him',
  details: ['Their subscriptions wait until the user has allowed or blocked them; their messages arrive.'].join(' '),
  examples: [
    { line: 'meridian policy prompt alice bob', text: 'alice is asked about bob' },
    { line: 'meridian policy allow alice bob', text: 'the answer yes' },
  ],
})

export function run(invocation: Invocation): Promise<Outcome> {
  return setUserRule(invocation, 'prompt')
}
