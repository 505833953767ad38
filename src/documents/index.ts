/**
 * Formats of presence and its neighbours as a pure library: bytes to values and back. Presence documents (RFC 3863,
 * 4479, 4480, 4481) are `presence-document.ts`, read in `parse-pidf.ts`, written in `write-pidf.ts`.
 */
export { parseDateTime, writeDateTime } from './date-time.ts'
export * as namespaces from './namespaces.ts'
export { type ParsedPidf, type PidfFault, parsePidf, readPidf } from './parse-pidf.ts'
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
export { writePidf } from './write-pidf.ts'
