/**
 * Documents of users, and XCAP (RFC 4825) to read and change them: `http-front.ts` takes requests at any worker,
 * `xcap-service.ts` answers them at the user's shard, `resolve.ts` says what a request means, `documents.ts` keeps the
 * documents and tells who lives by them. Application usages stand in `usages/`, one a file; the contact list is in
 * `contacts.ts`.
 */
export { contactFlagsNamespace } from './contact-entries.ts'
export {
  type ChangedContacts,
  type Contact,
  contactsDocument,
  putContacts,
  readContacts,
  removeContact,
} from './contacts.ts'
export { type ContactChange, groupOfAll } from './contacts-editor.ts'
export type {
  ChangeOutcome,
  DocumentChange,
  DocumentListener,
  DocumentSummary,
  UserDocument,
  UserDocuments,
} from './documents.ts'
export { type HttpAsk, type Sources, XcapFront, type XcapFrontPorts, type XcapFrontSettings } from './http-front.ts'
export { contactsService, type ListMember, type ListService, type Lists } from './list-services.ts'
export { attribute, childrenNamed, encodeText, type MarkupElement, readMarkup } from './markup.ts'
export type { HttpAnswer } from './resolve.ts'
export { usageOf } from './usages/all.ts'
export { presenceRules } from './usages/pres-rules.ts'
export { resourceLists } from './usages/resource-lists.ts'
export { rlsServices } from './usages/rls-services.ts'
export { XcapService, type XcapSettings } from './xcap-service.ts'
