/**
 * Section `domain`: the SIP domain whose users live here.
 */
import type * as v from 'valibot'
import { group, textKey, textListKey } from '../key.ts'
import { domainName } from '../names.ts'
import type { Problem } from '../problem.ts'

export const domainSection = group('The SIP domain whose users live here.', {
  name: textKey({
    default: 'example.test',
    rule: domainName,
    reload: 'restart',
    why: 'What stands after the @ of your users; also the digest realm of a new data folder, which never changes.',
  }),
  aliases: textListKey({
    default: [],
    rule: domainName,
    lengthMax: 64,
    reload: 'live',
    why: 'Other domains whose addresses mean the same users, for instance after a change of the company’s name.',
  }),
})

export type DomainConfig = v.InferOutput<typeof domainSection>

export function checkDomain(domain: DomainConfig): readonly Problem[] {
  const seen = new Set([domain.name.toLowerCase()])
  const problems: Problem[] = []
  for (const [index, alias] of domain.aliases.entries()) {
    const name = alias.toLowerCase()
    if (seen.has(name)) problems.push({ path: ['domain', 'aliases', index], message: `${name} is listed twice` })
    seen.add(name)
  }
  return problems
}
