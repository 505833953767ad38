/**
 * `meridian user move`: gives a user another home while he is on line.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, misused } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { nameArgument } from './name.ts'

export const description: CommandDescription = {
  path: ['user', 'move'],
  purpose: 'give a user another home while he is on line',
  details: [
    'Asked of the server of the configuration, which may be any home of the topology: the user’s home does it.',
    'Messages for the user wait for two seconds at most, or he stays where he is.',
  ].join(' '),
  arguments: [nameArgument],
  options: [{ flags: '--to <home>', text: 'the new home, by its name in the topology' }],
  examples: [
    { line: 'meridian user move alice --to two.example.net', text: 'moves alice' },
    { line: 'meridian user move bob --to one.example.net -c two.yaml', text: 'asked of the server of two.yaml' },
  ],
  exitCodes: { 1: 'he was not moved; the message says why and what to do' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { to } = invocation.options
  if (typeof to !== 'string') return misused('say where to: --to HOME (`meridian topology show` lists homes)')
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.homes.move(invocation.arguments[0]!, to)
    if (!result.ok) return refusedOutcome(result)
    const { aor, from, to: home, records, frozenMs, epoch } = result.value
    const how = `${records} records, messages waited ${Math.round(frozenMs)} ms, epoch ${epoch}`
    const text = `moved ${aor} from ${from} to ${home}: ${how}`
    return done(result.value, text, result.warnings)
  })
}
