/**
 * `meridian policy allow`: let watchers see a user.
 */
import type { Invocation, Outcome } from '../command.ts'
import { setUserRule, userRuleDescription } from './user-rule.ts'

export const description = userRuleDescription('allow', {
  purpose: 'let watchers see a user',
  details: [
    'Beats the organisation’s default and its milder rules; what the organisation forbids stays forbidden. The',
    'rule is the user’s own: his programs show it and can change it.',
  ].join(' '),
  examples: [
    { line: 'meridian policy allow alice bob carol', text: 'bob and carol see alice from now on' },
    { line: 'meridian policy show alice', text: 'her rules' },
  ],
})

export function run(invocation: Invocation): Promise<Outcome> {
  return setUserRule(invocation, 'allow')
}
