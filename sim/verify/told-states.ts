/**
 * Reads from a NOTIFY's body whose states it tells and which version each is, without building a document: the driver
 * reads thousands a second. Single documents and those in the parts of a list alike (RFC 3863, 4662).
 */
export interface ToldState {
  /** The newest of the versions in the document; 0 where there is none: the server made it from less. */
  readonly version: number
  /** When that version was due to be published, µs of the run's clock; 0 with version 0. */
  readonly dueUs: number
}

/** The text in a document that names its version; stands in the note of a tuple, which servers keep. */
export function versionText(version: number, dueUs: number): string {
  return `version ${version} due ${dueUs}`
}

const versions = /version (\d{1,10}) due (\d{1,16})/g
const entity = 'entity='

/** Calls `tell` for each document; `userOf` gives the number of a user by name, -1 for others. */
export function readStates(
  text: string,
  userOf: (name: string) => number,
  tell: (user: number, state: ToldState) => void,
): void {
  let at = text.indexOf(entity)
  while (at >= 0) {
    const next = text.indexOf(entity, at + entity.length)
    const end = next < 0 ? text.length : next
    const colon = text.indexOf(':', at)
    const sign = text.indexOf('@', at)
    if (colon > 0 && sign > colon && sign < end) {
      const user = userOf(text.slice(colon + 1, sign))
      if (user >= 0) tell(user, newestIn(text.slice(sign, end)))
    }
    at = next
  }
}

function newestIn(document: string): ToldState {
  let newest: ToldState = absent
  for (const [, version, dueUs] of document.matchAll(versions)) {
    if (Number(version) > newest.version) newest = { version: Number(version), dueUs: Number(dueUs) }
  }
  return newest
}

const absent: ToldState = { version: 0, dueUs: 0 }
