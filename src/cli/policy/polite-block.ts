/**
 * `meridian policy polite-block`: block watchers without their noticing.
 */
import type { Invocation, Outcome } from '../command.ts'
import { setUserRule, userRuleDescription } from './user-rule.ts'

export const description = userRuleDescription('polite-block', {
  purpose: 'show watchers a user who is never there',
  details: [
    'Watchers see the user as off line, and their messages are answered as those to somebody without a device,',
    'and dropped. Nothing tells them.',
  ].join(' '),
  examples: [
    { line: 'meridian policy polite-block alice mallory', text: 'mallory believes that alice is away' },
    { line: 'meridian policy forget alice mallory', text: 'takes it back' },
  ],
})

export function run(invocation: Invocation): Promise<Outcome> {
  return setUserRule(invocation, 'polite-block')
}
