/**
 * The part of the admin API's table that is about contact lists.
 */
import * as v from 'valibot'
import type { AdminRoute } from './route.ts'
import { checked } from './route.ts'

/** As many as a document holds, with names. */
export const contactsMax = 4_000

const contact = v.strictObject({
  contact: v.string(),
  displayName: v.optional(v.nullable(v.string()), null),
  groups: v.optional(v.array(v.string()), []),
  flags: v.optional(v.nullable(v.array(v.string())), null),
})
const contactsBody = v.strictObject({
  contacts: v.pipe(v.array(contact), v.minLength(1), v.maxLength(contactsMax)),
})
const removalBody = v.strictObject({ contact: v.string(), groups: v.optional(v.array(v.string()), []) })

export const contactsRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/v1/users/:name/contacts',
    handle: ({ contacts }, { params }) => contacts.list(params.name!),
  },
  {
    method: 'POST',
    path: '/v1/users/:name/contacts',
    handle: ({ contacts }, call) =>
      checked(contactsBody, call, (body) => contacts.put(call.params.name!, body.contacts)),
  },
  {
    method: 'DELETE',
    path: '/v1/users/:name/contacts',
    handle: ({ contacts }, call) =>
      checked(removalBody, call, (body) => contacts.remove(call.params.name!, body.contact, body.groups)),
  },
]
