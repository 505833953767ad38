/**
 * What the contacts commands share: their first argument, and what they print of contacts.
 */
import type { ContactSummary } from '../../admin/index.ts'
import type { ArgumentDescription, CommandDescription } from '../command.ts'
import { table } from '../table.ts'

export const userArgument: ArgumentDescription = {
  name: '<user>',
  text: 'whose list: alice, alice@example.test or sip:alice@example.test; an alias will do',
}

export const contactArgument: ArgumentDescription = {
  name: '<contact>',
  text: 'bob, bob@example.test, or any address: sip:carol@elsewhere.example, tel:+15551234567',
}

export const contactsExitCodes: NonNullable<CommandDescription['exitCodes']> = {
  1: 'there is no such user or contact, or the server does not run',
}

export function contactsText(contacts: readonly ContactSummary[]): string {
  if (contacts.length === 0) return 'no contacts'
  const rows = contacts.map(({ uri, displayName, groups, flags }) => {
    return [uri, displayName, groups.join('; '), flags.join(' ')]
  })
  return table(['contact', 'name', 'groups', 'flags'], rows)
}
