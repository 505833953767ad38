/**
 * `meridian policy forget`: take rules back.
 */
import type { Invocation, Outcome } from '../command.ts'
import { setUserRule, userRuleDescription } from './user-rule.ts'

export const description = userRuleDescription('forget', {
  purpose: 'take back what a user said about watchers',
  details: [
    'The organisation’s rules and default hold for them again. Rules that the user’s own programs have made',
    'stay as they are where they name more than these watchers.',
  ].join(' '),
  examples: [
    { line: 'meridian policy forget alice bob', text: 'as if she had never said anything of bob' },
    { line: 'meridian policy show alice', text: 'what is left' },
  ],
})

export function run(invocation: Invocation): Promise<Outcome> {
  return setUserRule(invocation, 'forget')
}
