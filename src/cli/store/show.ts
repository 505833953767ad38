/**
 * `meridian store show`: every record of one user, decoded; secrets are masked.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, failed } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { printable } from '../table.ts'

export const description: CommandDescription = {
  path: ['store', 'show'],
  purpose: 'show every record of one user',
  details:
    'Masked are the digests of passwords, keys, and what people wrote: of a waiting message only its size is shown.',
  arguments: [{ name: '<name>', text: 'alice, alice@example.test or sip:alice@example.test' }],
  examples: [
    { line: 'meridian store show alice', text: 'one record a paragraph' },
    { line: "meridian store show alice --json | jq '.result[].kind'", text: 'which kinds there are' },
  ],
  exitCodes: { 1: 'there is no record of this name' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.storeShow(invocation.arguments[0]!)
    if (!result.ok) return refusedOutcome(result)
    if (result.value.length === 0) return failed(`the store has no record of ${invocation.arguments[0]}`, [])
    const texts = result.value.map(({ kind, key, bytes, value, fault }) => {
      const body = fault === null ? JSON.stringify(value, null, 2) : `cannot be read: ${fault}`
      return `${[kind, ...key].join(' ')} (${bytes} bytes)\n${body.split('\n').map(printable).join('\n')}`
    })
    return done(result.value, texts.join('\n\n'))
  })
}
