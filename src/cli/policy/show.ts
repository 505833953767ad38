/**
 * `meridian policy show`: a user's own rules, or the organisation's.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { organisationText, userText } from './report.ts'

export const description: CommandDescription = {
  path: ['policy', 'show'],
  purpose: 'show the rules of a user, or without a name the organisation’s',
  arguments: [{ name: '[user]', text: 'alice, alice@example.test or sip:alice@example.test; an alias will do' }],
  examples: [
    { line: 'meridian policy show', text: 'the default and the rules between groups' },
    { line: 'meridian policy show alice', text: 'whom she allows and blocks' },
  ],
  exitCodes: { 1: 'there is no such user, or the server does not run' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const user = invocation.arguments[0]
  return withBackend(invocation, async ({ backend }) => {
    if (user === undefined) {
      const result = await backend.policy.organisation()
      return result.ok ? done(result.value, organisationText(result.value)) : refusedOutcome(result)
    }
    const result = await backend.policy.ofUser(user)
    return result.ok ? done(result.value, userText(result.value)) : refusedOutcome(result)
  })
}
