/**
 * `meridian user groups`: puts a user into groups and takes him out of them.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, misused } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { nameArgument } from './name.ts'

export const description: CommandDescription = {
  path: ['user', 'groups'],
  purpose: 'put a user into groups, or take him out',
  details: [
    'Groups are names that the organisation’s rules speak of (`meridian policy rule`). A change takes effect at once,',
    'also on what others see of the user now, and leaves his connections alone.',
  ].join(' '),
  arguments: [nameArgument],
  options: [
    { flags: '--add <names...>', text: 'into these groups' },
    { flags: '--remove <names...>', text: 'out of these groups; done before --add' },
  ],
  examples: [
    { line: 'meridian user groups alice --add trading', text: 'the rules for traders hold for her from now on' },
    { line: 'meridian user groups alice --remove trading --add "human resources"', text: 'moves her' },
  ],
  exitCodes: {
    1: 'there is no such user, or the store did not take it',
    2: 'done, but a part of the server did not confirm it in time',
  },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const add = (invocation.options.add as string[] | undefined) ?? []
  const remove = (invocation.options.remove as string[] | undefined) ?? []
  if (add.length + remove.length === 0) return misused('say which groups: --add <names...> or --remove <names...>')
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.changeGroups(invocation.arguments[0]!, { add, remove })
    if (!result.ok) return refusedOutcome(result)
    const { aor, groups } = result.value
    const text = groups.length > 0 ? `${aor} is in ${groups.join(', ')}` : `${aor} is in no group`
    return done(result.value, text, result.warnings)
  })
}
