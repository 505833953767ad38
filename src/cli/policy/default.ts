/**
 * `meridian policy default`: what holds between people for whom nobody has made a rule.
 */
import type { PolicyDefault } from '../../ports/records/policy.ts'
import { policyDefaults } from '../../ports/records/policy.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { misused } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { changed, changeExitCodes } from './report.ts'

export const description: CommandDescription = {
  path: ['policy', 'default'],
  purpose: 'set who sees whose presence where nobody has made a rule',
  details: [
    'open: everybody sees everybody. prompt: a watcher waits until the user has said yes or no. closed: nobody is seen',
    'who has not allowed it. Messages are not touched by it. It replaces policy.default of the configuration for good.',
  ].join(' '),
  arguments: [{ name: '<default>', text: 'open, prompt or closed' }],
  examples: [
    { line: 'meridian policy default prompt', text: 'users are asked before somebody sees them' },
    { line: 'meridian policy show', text: 'what holds now' },
  ],
  exitCodes: changeExitCodes,
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const value = invocation.arguments[0]!
  const known = policyDefaults.find((each): each is PolicyDefault => each === value)
  if (known === undefined) return misused(`"${value}" is no default; there are ${policyDefaults.join(', ')}`)
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.policy.setDefault(known)
    return result.ok ? changed(result, `the default is ${result.value.default}`) : refusedOutcome(result)
  })
}
