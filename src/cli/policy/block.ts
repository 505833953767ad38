/**
 * `meridian policy block`: block watchers.
 */
import type { Invocation, Outcome } from '../command.ts'
import { setUserRule, userRuleDescription } from './user-rule.ts'

export const description = userRuleDescription('block', {
  purpose: 'show a user to watchers no longer, nor pass their messages',
  details: [
    'Watchers learn that they are blocked: subscriptions end, messages are answered 403. When the command is',
    'back nothing newer reaches them.',
  ].join(' '),
  examples: [
    { line: 'meridian policy block alice mallory', text: 'mallory sees and writes to alice no longer' },
    { line: 'meridian policy polite-block alice mallory', text: 'the same, unnoticed' },
  ],
})

export function run(invocation: Invocation): Promise<Outcome> {
  return setUserRule(invocation, 'block')
}
