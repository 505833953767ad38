/**
 * Where somebody is registered (RFC 3680 §5): bindings of an AOR, whole or only what has changed.
 */
import { Buffer } from 'node:buffer'
import { attributeOf, elementsOf, textOf, writeXml, type XmlElement, xmlElement } from '../xml/index.ts'
import { gruuInfoNamespace, regInfoNamespace } from './namespaces.ts'
import {
  attributesOf,
  malformed,
  numberAttribute,
  type Parsed,
  parseAs,
  requiredAttribute,
  requiredNumber,
  wordAttribute,
} from './parsed.ts'

export interface RegInfo {
  /** 0 in the first document of a subscription, then one more each time. */
  readonly version: number
  /** `partial`: registrations that are not named stay as they were. */
  readonly state: 'full' | 'partial'
  readonly registrations: readonly Registration[]
}

export const registrationStates = ['init', 'active', 'terminated'] as const

export interface Registration {
  readonly aor: string
  readonly id: string
  readonly state: (typeof registrationStates)[number]
  readonly contacts: readonly RegisteredContact[]
}

export const contactStates = ['active', 'terminated'] as const
/** RFC 3680 §5.2. */
export const contactEvents = [
  'registered',
  'created',
  'refreshed',
  'shortened',
  'expired',
  'deactivated',
  'probation',
  'unregistered',
  'rejected',
] as const

export interface RegisteredContact {
  readonly id: string
  readonly uri: string
  readonly state: (typeof contactStates)[number]
  readonly event: (typeof contactEvents)[number]
  readonly displayName: string | null
  readonly expiresSeconds: number | null
  /** When to register again, after `probation`. */
  readonly retryAfterSeconds: number | null
  readonly registeredSeconds: number | null
  /** 0 to 1. */
  readonly q: number | null
  readonly callId: string | null
  readonly cseq: number | null
  /** RFC 5628 §5.1. */
  readonly publicGruu: string | null
}

export const regInfoContentType = 'application/reginfo+xml'

export function writeRegInfo({ version, state, registrations }: RegInfo): Uint8Array {
  const children = registrations.map((registration) => {
    const { aor, id, contacts } = registration
    const attributes = { aor, id, state: registration.state }
    return xmlElement(regInfoNamespace, 'registration', attributes, contacts.map(contactElement))
  })
  return Buffer.from(writeXml(xmlElement(regInfoNamespace, 'reginfo', attributesOf({ version, state }), children)))
}

function contactElement(contact: RegisteredContact): XmlElement {
  const attributes = attributesOf({
    id: contact.id,
    state: contact.state,
    event: contact.event,
    'duration-registered': contact.registeredSeconds,
    expires: contact.expiresSeconds,
    'retry-after': contact.retryAfterSeconds,
    q: contact.q,
    callid: contact.callId,
    cseq: contact.cseq,
  })
  const name =
    contact.displayName === null ? [] : [xmlElement(regInfoNamespace, 'display-name', {}, [contact.displayName])]
  return xmlElement(regInfoNamespace, 'contact', attributes, [
    xmlElement(regInfoNamespace, 'uri', {}, [contact.uri]),
    ...name,
    ...(contact.publicGruu === null ? [] : [xmlElement(gruuInfoNamespace, 'pub-gruu', { uri: contact.publicGruu })]),
  ])
}

export function parseRegInfo(bytes: Uint8Array): Parsed<RegInfo> {
  return parseAs(bytes, regInfoNamespace, 'reginfo', (root) => ({
    version: requiredNumber(root, 'version'),
    state: wordAttribute(root, 'state', ['full', 'partial']),
    registrations: elementsOf(root, regInfoNamespace, 'registration').map((registration) => ({
      aor: requiredAttribute(registration, 'aor'),
      id: requiredAttribute(registration, 'id'),
      state: wordAttribute(registration, 'state', registrationStates),
      contacts: elementsOf(registration, regInfoNamespace, 'contact').map(readContact),
    })),
  }))
}

function readContact(element: XmlElement): RegisteredContact {
  const [uri] = elementsOf(element, regInfoNamespace, 'uri')
  if (!uri) throw malformed('contact needs a uri')
  const [name] = elementsOf(element, regInfoNamespace, 'display-name')
  const [gruu] = elementsOf(element, gruuInfoNamespace, 'pub-gruu')
  const q = attributeOf(element, 'q')?.trim() ?? null
  if (q !== null && !/^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q)) throw malformed('contact has q that is none')
  return {
    id: requiredAttribute(element, 'id'),
    uri: textOf(uri),
    state: wordAttribute(element, 'state', contactStates),
    event: wordAttribute(element, 'event', contactEvents),
    displayName: name ? textOf(name) : null,
    expiresSeconds: numberAttribute(element, 'expires'),
    retryAfterSeconds: numberAttribute(element, 'retry-after'),
    registeredSeconds: numberAttribute(element, 'duration-registered'),
    q: q === null ? null : Number(q),
    callId: attributeOf(element, 'callid'),
    cseq: numberAttribute(element, 'cseq'),
    publicGruu: gruu ? requiredAttribute(gruu, 'uri') : null,
  }
}
