/**
 * The contact list of a user: what the document `index` of resource-lists says, read and changed. A group is a list, a
 * contact an entry; a contact in two groups is two entries. Flags are an attribute of ours (docs/extensions.md). All
 * else that clients have written into the document stays as it is.
 */
import { parseAor } from '../sip/uri/aor.ts'
import { displayNameOf, entriesOf, flagsOf } from './contact-entries.ts'
import { type ContactChange, ContactsEditor } from './contacts-editor.ts'
import { bytesOf, readDocument } from './fragment.ts'
import { attribute, type MarkupElement } from './markup.ts'
import { resourceLists, resourceListsNamespace, sameUri } from './usages/resource-lists.ts'

export const contactsDocument = { auid: resourceLists.auid, name: 'index' } as const

export interface Contact {
  /** `sip:bob@example.test`. */
  readonly uri: string
  readonly displayName: string
  /** Names of the lists; of a list within a list, both with a slash between them. */
  readonly groups: readonly string[]
  /** Words: `favourite`. */
  readonly flags: readonly string[]
}

export type ChangedContacts =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly contacts: readonly Contact[] }
  | { readonly ok: false; readonly message: string }

/** In the order of the document; null: the document is none that we can read. */
export function readContacts(bytes: Uint8Array | null): readonly Contact[] | null {
  if (bytes === null) return []
  const read = readDocument(bytes)
  return read.ok ? contactsOf(read.root) : null
}

/** Adds contacts, or changes those that are there. */
export function putContacts(bytes: Uint8Array | null, changes: readonly ContactChange[]): ChangedContacts {
  const read = readDocument(bytes ?? emptyDocument)
  if (!read.ok) return { ok: false, message: `the contact list cannot be read: ${read.conflict.phrase}` }
  const editor = new ContactsEditor(read.text, read.root)
  for (const change of mergeChanges(changes).values()) editor.put(change)
  return finished(editor.text())
}

/** Takes a contact out of these groups; null: out of all. Groups stay, also when nobody is in them. */
export function removeContact(
  bytes: Uint8Array | null,
  uri: string,
  groups: readonly string[] | null,
): ChangedContacts | null {
  const read = bytes && readDocument(bytes)
  if (!read?.ok) return null
  const editor = new ContactsEditor(read.text, read.root)
  return editor.remove(uri, groups) ? finished(editor.text()) : null
}

const emptyDocument = bytesOf(
  `<?xml version="1.0" encoding="UTF-8"?>\n<resource-lists xmlns="${resourceListsNamespace}">\n</resource-lists>\n`,
)

function finished(text: string): ChangedContacts {
  const bytes = bytesOf(text)
  const read = readDocument(bytes)
  if (!read.ok) return { ok: false, message: read.conflict.phrase }
  return { ok: true, bytes, contacts: contactsOf(read.root) }
}

/** One change per contact, the later ones on top. */
function mergeChanges(changes: readonly ContactChange[]): ReadonlyMap<string, ContactChange> {
  const merged = new Map<string, ContactChange>()
  for (const change of changes) {
    const key = sameUri(change.uri)
    const before = merged.get(key)
    merged.set(key, {
      uri: parseAor(change.uri) ?? change.uri,
      displayName: change.displayName ?? before?.displayName ?? null,
      groups: [...new Set([...(before?.groups ?? []), ...change.groups])],
      flags: change.flags ?? before?.flags ?? null,
    })
  }
  return merged
}

function contactsOf(root: MarkupElement): readonly Contact[] {
  const contacts = new Map<string, Contact>()
  for (const { element, group } of entriesOf(root)) {
    const uri = attribute(element, 'uri') ?? ''
    const before = contacts.get(sameUri(uri))
    contacts.set(sameUri(uri), {
      uri: before?.uri ?? uri,
      displayName: before?.displayName || displayNameOf(element),
      groups: [...(before?.groups ?? []), group],
      flags: [...new Set([...(before?.flags ?? []), ...flagsOf(element)])],
    })
  }
  return [...contacts.values()]
}
