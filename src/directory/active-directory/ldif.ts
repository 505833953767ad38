/**
 * Changes of a directory as text (LDIF, RFC 2849), for administrators to look at and to load by their own tools.
 */
import { Buffer } from 'node:buffer'
import type { LdapChange, LdapStep } from '../../ports/ldap.ts'

/** One record: each attribute has these values afterwards, and no others; without any it is gone. */
export function ldifOfChange({ dn, replace }: LdapChange): string {
  const parts = Object.entries(replace).flatMap(([name, values]) => [
    `replace: ${name}`,
    ...values.map((value) => ldifLine(name, value)),
    '-',
  ])
  return [ldifLine('dn', dn), 'changetype: modify', ...parts, ''].join('\n')
}

export function ldifOfStep(step: LdapStep): string {
  if (step.step === 'modify') return ldifOfChange(step)
  const dn = ldifLine('dn', step.dn)
  if (step.step === 'remove') return [dn, 'changetype: delete', ''].join('\n')
  const lines = Object.entries(step.values).flatMap(([name, values]) => values.map((value) => ldifLine(name, value)))
  return [dn, 'changetype: add', ...lines, ''].join('\n')
}

/** RFC 2849 §4: what is not plain is base64, so that nothing in a name becomes a line of its own. */
function ldifLine(name: string, value: string): string {
  const isPlain = /^(?![ :<])[\x20-\x7e]*(?<! )$/.test(value)
  return isPlain ? `${name}: ${value}` : `${name}:: ${Buffer.from(value, 'utf8').toString('base64')}`
}
