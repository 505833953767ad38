/**
 * What the policy commands print, and with which code they end.
 */
import type { AdminResult } from '../../admin/index.ts'
import type { OrganisationSummary, UserPolicySummary } from '../../ports/admin.ts'
import type { SeeVerdict } from '../../ports/policy.ts'
import type { CommandDescription, Outcome } from '../command.ts'
import { doneWithWarnings } from '../command.ts'
import { pairs, table } from '../table.ts'

export const changeExitCodes: NonNullable<CommandDescription['exitCodes']> = {
  1: 'it could not be done; the server does not run, for example',
  2: 'done, but a part of the server has not confirmed it in time',
}

/** In force, or kept and not confirmed by all: then somebody should look. */
export function changed<T>(result: AdminResult<T> & { readonly ok: true }, text: string): Outcome {
  return doneWithWarnings(result.value, text, result.warnings)
}

export function organisationText({ default: preset, defaultFrom, rules, unreadable }: OrganisationSummary): string {
  if (unreadable) return 'the rules are damaged: nobody sees or writes to anybody until they are made anew'
  const origin = defaultFrom === 'command' ? '`meridian policy default`' : 'the configuration'
  return `${pairs([['default', `${preset} (from ${origin})`]])}\n\n${rulesText(rules)}`
}

export function rulesText(rules: OrganisationSummary['rules']): string {
  if (rules.length === 0) return 'no rules between groups'
  const rows = rules.map(({ from, to, see, message }) => [from, to, see ?? '-', message ?? '-'])
  return table(['from', 'to', 'see', 'message'], rows)
}

const words: Readonly<Record<SeeVerdict, string>> = {
  allow: 'allow',
  block: 'block',
  'polite-block': 'polite-block',
  confirm: 'prompt',
}

export function userText({ aor, rules, unreadable }: UserPolicySummary): string {
  if (unreadable) return `the rules of ${aor} are damaged: he is closed to all until they are made anew`
  if (rules.length === 0) return `${aor} has no rules of his own`
  return table(
    ['watcher', 'rule'],
    rules.map(({ watcher, rule }) => [watcher, words[rule]]),
  )
}
