/**
 * The bodies that simulated devices write: presence (RFC 3863, 4480; about 550 bytes), typing (RFC 3994), a session's
 * offer, text of messages with its mark.
 */
import { encodeMark, type Mark, markBytes } from '../verify/mark.ts'
import { versionText } from '../verify/told-states.ts'
import type { ShownState } from '../workload/action.ts'

const activities: Readonly<Record<ShownState['state'], string>> = {
  available: '',
  away: '<rpid:away/>',
  busy: '<rpid:busy/>',
  'in-meeting': '<rpid:meeting/>',
  'on-the-phone': '<rpid:on-the-phone/>',
  'do-not-disturb': '<rpid:busy/>',
}

const head =
  '<?xml version="1.0" encoding="UTF-8"?><presence xmlns="urn:ietf:params:xml:ns:pidf" ' +
  'xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="pres:'

export interface Publication {
  /** `u1@example.test`. */
  readonly address: string
  readonly device: number
  readonly shown: ShownState
  readonly version: number
  readonly dueUs: number
}

export function presenceDocument({ address, device, shown, version, dueUs }: Publication): Buffer {
  const note = shown.note === undefined ? '' : `<dm:note>${escaped(shown.note)}</dm:note>`
  return Buffer.from(
    `${head}${address}"><tuple id="d${device}"><status><basic>open</basic></status>` +
      `<contact priority="0.8">sip:${address}</contact><note>${versionText(version, dueUs)}</note></tuple>` +
      `<dm:person id="p${device}"><rpid:activities>${activities[shown.state]}</rpid:activities>${note}</dm:person>` +
      '</presence>',
  )
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

export function composingDocument(isActive: boolean): Buffer {
  return isActive ? active : idle
}

const active = composing('active')
const idle = composing('idle')

function composing(state: string): Buffer {
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>${state}` +
      '</state><contenttype>text/plain</contenttype></isComposing>',
  )
}

/** Messages within the dialog itself, no media: what clients of that time offered. */
export function sessionOffer(address: string, port: number): Buffer {
  return Buffer.from(
    `v=0\r\no=- 0 0 IN IP4 ${address}\r\ns=session\r\nc=IN IP4 ${address}\r\nt=0 0\r\nm=message ${port} sip null\r\n`,
  )
}

const filler = 'The quick brown fox jumps over the lazy dog; '.repeat(400)

/** At least the mark and a blank; the mark stands at the end. */
export function messageText(bodyBytes: number, mark: Mark, seed: number): Buffer {
  const textBytes = Math.min(Math.max(0, bodyBytes - markBytes - 1), filler.length)
  return Buffer.from(`${filler.slice(0, textBytes)} ${encodeMark(mark, seed)}`, 'latin1')
}

/** RFC 5367: the list that a SUBSCRIBE brings. */
export function resourceList(aors: readonly string[]): Buffer {
  const entries = aors.map((aor) => `<entry uri="${aor}"/>`).join('')
  return Buffer.from(
    `<?xml version="1.0"?><resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list>${entries}` +
      '</list></resource-lists>',
  )
}
