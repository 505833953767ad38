/**
 * Presence documents (RFC 3863, 4480, 5196) as far as the client shows and says them.
 */
import type { Address } from './addresses.ts'
import { childrenOf, escapeXml, type XmlNode } from './markup.ts'
import type { Availability, OwnPresence, Presence } from './state.ts'

const busyActivities = new Set(['busy', 'on-the-phone', 'meeting', 'presentation', 'performance', 'do-not-disturb'])
const awayActivities = new Set([
  'away',
  'permanent-absence',
  'sleeping',
  'vacation',
  'travel',
  'meal',
  'breakfast',
  'lunch',
])
const notificationType = 'message/imdn+xml'

/** Null when it is no presence document. */
export function readPidf(document: XmlNode | null): Presence | null {
  if (document?.name !== 'presence') return null
  const tuples = childrenOf(document, 'tuple')
  const persons = childrenOf(document, 'person')
  const isOpen = tuples.some((tuple) => basicOf(tuple) === 'open')
  const elements = [...persons, ...tuples, ...tuples.flatMap((tuple) => childrenOf(tuple, 'status'))]
  const activities = elements.flatMap((each) => childrenOf(each, 'activities')).flatMap(({ children }) => children)
  const notes = [...persons, document, ...tuples].flatMap((each) => childrenOf(each, 'note'))
  return {
    availability: availabilityOf(isOpen, new Set(activities.map(({ name }) => name))),
    note: notes.map(({ text }) => text.trim()).find((text) => text !== '') ?? null,
    readsNotifications: tuples.some(readsNotifications),
  }
}

function basicOf(tuple: XmlNode): string | undefined {
  return childrenOf(tuple, 'status')
    .flatMap((status) => childrenOf(status, 'basic'))[0]
    ?.text.trim()
}

/** RFC 5196 §3.2.16: the media types that a service takes. */
function readsNotifications(tuple: XmlNode): boolean {
  const types = childrenOf(tuple, 'servcaps').flatMap((each) => childrenOf(each, 'type'))
  return types.flatMap((each) => childrenOf(each, 'supported')).some(({ text }) => text.trim() === notificationType)
}

function availabilityOf(isOpen: boolean, activities: ReadonlySet<string>): Availability {
  if (!isOpen) return 'offline'
  if ([...activities].some((each) => busyActivities.has(each))) return 'busy'
  return [...activities].some((each) => awayActivities.has(each)) ? 'away' : 'available'
}

export interface PidfAuthor {
  readonly account: Address
  /** A word that is this browser's, for the ids of tuple and person. */
  readonly device: string
  readonly nowMs: number
}

export function writePidf(own: OwnPresence, { account, device, nowMs }: PidfAuthor): string {
  const choice = own.choice === 'available' && own.isIdle ? 'away' : own.choice
  const activities = choice === 'available' ? '' : `<r:activities><r:${choice}/></r:activities>`
  const note = own.note === '' ? '' : escapeXml(own.note)
  const personNote = note === '' ? '' : `<dm:note>${note}</dm:note>`
  const tupleNote = note === '' ? '' : `<note>${note}</note>`
  const time = new Date(nowMs).toISOString()
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\r\n' +
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" ' +
    'xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" xmlns:c="urn:ietf:params:xml:ns:pidf:caps" ' +
    `entity="${escapeXml(account)}"><tuple id="web-${device}"><status><basic>open</basic></status>` +
    `<c:servcaps><c:type><c:supported>${notificationType}</c:supported></c:type></c:servcaps>` +
    `<contact>${escapeXml(account)}</contact>${tupleNote}<timestamp>${time}</timestamp></tuple>` +
    `<dm:person id="p-${device}">${activities}${personNote}` +
    `<dm:timestamp>${time}</dm:timestamp></dm:person></presence>\r\n`
  )
}
