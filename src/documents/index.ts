/**
 * Formats of presence and its neighbours as a pure library: bytes to values and back. Presence documents (RFC 3863,
 * 4479, 4480, 4481) are `presence-document.ts`, read in `parse-pidf.ts`, written in `write-pidf.ts`.
 * The others are one file each; `parsed.ts` has what their readers share.
 */
export { parseDateTime, writeDateTime } from './date-time.ts'
export {
  type MessageContext,
  type MessageCounts,
  type MessageSummary,
  messageContexts,
  messageSummaryContentType,
  parseMessageSummary,
  writeMessageSummary,
} from './message-summary.ts'
export { type BodyPart, type MultipartFault, parseMultipart, type TypedBody, writeRelated } from './multipart.ts'
export * as namespaces from './namespaces.ts'
export { type ParsedPidf, type PidfFault, parsePidf, readPidf } from './parse-pidf.ts'
export type { DocumentFault, Parsed } from './parsed.ts'
export {
  type AppliedDiff,
  applyPidfDiff,
  type PartialPidf,
  parsePartialPidf,
  partialPidfContentType,
  writePidfDiff,
  writePidfFull,
} from './partial-pidf.ts'
export {
  type Basic,
  basicOf,
  type Contact,
  type Device,
  type Note,
  type Person,
  type PresenceDocument,
  type Tuple,
} from './presence-document.ts'
export {
  contactEvents,
  contactStates,
  parseRegInfo,
  type RegInfo,
  type RegisteredContact,
  type Registration,
  regInfoContentType,
  registrationStates,
  writeRegInfo,
} from './reg-info.ts'
export {
  type ListEntry,
  type ListReference,
  type ListService,
  parseListServices,
  parseResourceLists,
  type ResourceList,
  type ResourceLists,
  referencesOf,
  urisOf,
} from './resource-lists.ts'
export {
  instanceStates,
  type ListedResource,
  type ParsedList,
  parseList,
  type ResourceInstance,
  type ResourceListState,
  rlmiContentType,
  writeList,
} from './rlmi.ts'
export {
  activitiesElement,
  activitiesOf,
  knownActivities,
  rpidElements,
  type UserInput,
  userInputElement,
  userInputOf,
  type Validity,
  validityOf,
} from './rpid.ts'
export {
  parseWatcherInfo,
  type Watcher,
  type WatcherInfo,
  type WatcherList,
  watcherEvents,
  watcherInfoContentType,
  watcherStatuses,
  writeWatcherInfo,
} from './watcher-info.ts'
export { writePidf } from './write-pidf.ts'
export {
  type ChangedDocument,
  type ChangedNode,
  parseXcapDiff,
  writeXcapDiff,
  type XcapDiff,
  xcapDiffContentType,
} from './xcap-diff.ts'
export { applyPatch, operationsMax, type Patched, type PatchFault } from './xml-patch.ts'
