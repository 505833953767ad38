/**
 * The part of the admin API's table that is about contact lists.
 */
import * as v from 'valibot'
import { type AdminRoute, route } from './route.ts'
import { listOf, nullableText, texts } from './shapes.ts'

/** As many as a document holds, with names. */
export const contactsMax = 4_000

const contact = v.strictObject({
  contact: v.string(),
  displayName: nullableText,
  groups: v.optional(v.array(v.string()), []),
  flags: v.optional(v.nullable(v.array(v.string())), null),
})
const contactsBody = v.strictObject({
  contacts: v.pipe(v.array(contact), v.minLength(1), v.maxLength(contactsMax)),
})
const removalBody = v.strictObject({ contact: v.string(), groups: v.optional(v.array(v.string()), []) })
const contactList = v.strictObject({
  aor: v.string(),
  contacts: listOf(v.strictObject({ uri: v.string(), displayName: v.string(), groups: texts, flags: texts })),
})

export const contactsRoutes: readonly AdminRoute[] = [
  route({
    method: 'GET',
    path: '/v1/users/:name/contacts',
    role: 'reader',
    summary: 'The contact list of a user.',
    value: contactList,
    handle: ({ contacts }, { params }) => contacts.list(params.name!),
  }),
  route({
    method: 'POST',
    path: '/v1/users/:name/contacts',
    role: 'operator',
    summary: 'Adds contacts, or changes those that are there: all or none.',
    body: contactsBody,
    value: contactList,
    handle: ({ contacts }, { params, body }) => contacts.put(params.name!, body.contacts),
  }),
  route({
    method: 'DELETE',
    path: '/v1/users/:name/contacts',
    role: 'operator',
    summary: 'Takes a contact out of the groups that are named, or out of all.',
    body: removalBody,
    value: contactList,
    handle: ({ contacts }, { params, body }) => contacts.remove(params.name!, body.contact, body.groups),
  }),
]
