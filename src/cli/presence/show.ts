/**
 * `meridian presence show`: what watchers see of a user, and who says it.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { presenceExitCodes, summaryText, userArgument } from './report.ts'

export const description: CommandDescription = {
  path: ['presence', 'show'],
  purpose: 'show what watchers see of a user, and who says it',
  arguments: [userArgument],
  options: [{ flags: '--xml', text: 'the presence document itself, as watchers get it who may see all' }],
  examples: [
    { line: 'meridian presence show alice', text: 'state, activity, note, and the devices behind them' },
    { line: 'meridian presence show alice --xml', text: 'the document (PIDF, RFC 3863)' },
  ],
  exitCodes: presenceExitCodes,
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.presence.show(invocation.arguments[0]!)
    if (!result.ok) return refusedOutcome(result)
    return done(result.value, invocation.options.xml === true ? result.value.document : summaryText(result.value))
  })
}
