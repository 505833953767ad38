/**
 * Contact lists for administrators: reads a user's list, changes it, and writes it back unless somebody else has
 * written meanwhile; then it begins again. What a contact list is, `src/xcap/contacts.ts` says.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import { type ContactChange, contactsDocument, putContacts, readContacts, removeContact } from '../../xcap/index.ts'
import type { ContactList, ContactsBackend, NewContact } from '../acts/contacts-acts.ts'
import type { AdminPorts, DocumentBook } from '../ports.ts'
import type { AdminResult } from '../result.ts'
import { denied, granted } from '../result.ts'
import { readDisplayName, readUserName } from '../user-name.ts'
import { writeDown } from './write-down.ts'

/** So often may somebody else come first; more is no coincidence. */
const attemptsMax = 5

/** The new document and what it says; a text is why there is none. */
type Change = (bytes: Uint8Array | null) => { bytes: Uint8Array; contacts: ContactList['contacts'] } | string

export function createContactsBackend(ports: AdminPorts): ContactsBackend {
  return {
    list: (user) => listContacts(ports, user),
    put: (user, contacts) => putAll(ports, user, contacts),
    remove: (user, contact, groups) => removeOne(ports, user, contact, groups),
  }
}

async function listContacts(ports: AdminPorts, user: string): Promise<AdminResult<ContactList>> {
  const named = readUserName(user, ports.domains)
  if (!named.ok) return denied('invalid', named.message)
  const reply = await ports.documents.askDocument(named.aor, { act: 'read', ...contactsDocument })
  if (!reply.ok) return refusal(reply)
  const contacts = readContacts(reply.document?.bytes ?? null)
  if (contacts === null) return denied('failed', `the contact list of ${reply.aor} cannot be read`)
  return granted({ aor: reply.aor, contacts })
}

async function putAll(
  ports: AdminPorts,
  user: string,
  contacts: readonly NewContact[],
): Promise<AdminResult<ContactList>> {
  const changes: ContactChange[] = []
  for (const contact of contacts) {
    const read = readContact(contact, ports.domains)
    if (typeof read === 'string') return denied('invalid', read)
    changes.push(read)
  }
  const changed = await change(ports, user, (bytes) => {
    const put = putContacts(bytes, changes)
    return put.ok ? put : put.message
  })
  return noted(ports, changed, 'contacts.put', changes.map(({ uri }) => uri).join(' '))
}

async function removeOne(
  ports: AdminPorts,
  user: string,
  contact: string,
  groups: readonly string[],
): Promise<AdminResult<ContactList>> {
  const uri = readContactUri(contact, ports.domains)
  if (uri === null) return denied('invalid', `"${contact}" is no address`)
  const changed = await change(ports, user, (bytes) => {
    const removed = removeContact(bytes, uri, groups.length === 0 ? null : groups)
    if (removed === null) return `${uri} is no contact${groups.length === 0 ? '' : ` in ${groups.join(', ')}`}`
    return removed.ok ? removed : removed.message
  })
  return noted(ports, changed, 'contacts.removed', uri)
}

async function noted(
  ports: AdminPorts,
  result: AdminResult<ContactList>,
  event: string,
  detail: string,
): Promise<AdminResult<ContactList>> {
  if (!result.ok) return result
  const warnings = await writeDown(ports, { event, subject: result.value.aor, revokes: false, detail })
  return { ...result, warnings: [...result.warnings, ...warnings] }
}

async function change(ports: AdminPorts, user: string, apply: Change): Promise<AdminResult<ContactList>> {
  const named = readUserName(user, ports.domains)
  if (!named.ok) return denied('invalid', named.message)
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const result = await changeOnce(ports.documents, named.aor, apply)
    if (result !== 'conflict') return result
  }
  return denied('unavailable', 'somebody else keeps changing this contact list; try again')
}

async function changeOnce(
  documents: DocumentBook,
  aor: Aor,
  apply: Change,
): Promise<AdminResult<ContactList> | 'conflict'> {
  const read = await documents.askDocument(aor, { act: 'read', ...contactsDocument })
  if (!read.ok) return refusal(read)
  const changed = apply(read.document?.bytes ?? null)
  if (typeof changed === 'string') return denied('not-found', changed)
  const { bytes, contacts } = changed
  const etag = read.document?.etag ?? null
  const written = await documents.askDocument(read.aor, { act: 'write', ...contactsDocument, bytes, etag })
  if (written.ok) return granted({ aor: read.aor, contacts })
  return written.error === 'conflict' ? 'conflict' : refusal(written)
}

type Refused = Awaited<ReturnType<DocumentBook['askDocument']>> & { readonly ok: false }

function refusal({ error, message }: Refused): AdminResult<never> {
  return denied(error === 'conflict' ? 'unavailable' : error, message)
}

function readContact(
  { contact, displayName, groups, flags }: NewContact,
  domains: readonly string[],
): ContactChange | string {
  const uri = readContactUri(contact, domains)
  if (uri === null) return `"${contact}" is no address`
  const nameless = groups.find((group) => group.trim() === '' || /\p{Cc}/u.test(group))
  if (nameless !== undefined) return `"${nameless}" is no name of a group`
  const strange = flags?.find((flag) => !/^[a-z\d][a-z\d-]{0,31}$/.test(flag))
  if (strange !== undefined) return `"${strange}" is no flag; a flag is a word of small letters, digits and hyphens`
  const shown = displayName === null ? null : readDisplayName(displayName)
  return { uri, displayName: shown, groups: groups.map((group) => group.trim()), flags }
}

/** People of this server by name; others by whatever URI they have. */
function readContactUri(text: string, domains: readonly string[]): string | null {
  const contact = text.trim()
  if (/^(?!sips?:)[a-z][a-z\d+.-]*:\S+$/i.test(contact)) return contact
  const named = readUserName(contact, domains)
  if (named.ok) return named.aor
  // Somebody elsewhere is a contact too.
  const uri = /^sips?:/i.test(contact) ? contact : `sip:${contact}`
  return /^sips?:[^\s@<>"]+@[^\s@<>"]+$/i.test(uri) ? uri : null
}
