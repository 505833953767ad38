/**
 * `meridian policy rule list`: the rules between groups.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { rulesText } from './report.ts'

export const description: CommandDescription = {
  path: ['policy', 'rule', 'list'],
  purpose: 'list the rules between groups',
  examples: [
    { line: 'meridian policy rule list', text: 'who may see whom, and who may write to whom' },
    { line: 'meridian policy rule list --json | jq \'.result[] | select(.see == "forbid")\'', text: 'the walls' },
  ],
  exitCodes: { 1: 'the server does not run' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.policy.organisation()
    return result.ok ? done(result.value.rules, rulesText(result.value.rules)) : refusedOutcome(result)
  })
}
