/**
 * Header names as small integers (RFC 3261 §7.3.3, §20 and the extensions' registrations). A name is found on its
 * bytes, in any case and in its compact form, with nothing decoded. What a header's value means is not known here.
 */

export const HeaderId = {
  other: 0,
  via: 1,
  from: 2,
  to: 3,
  callId: 4,
  cseq: 5,
  contact: 6,
  maxForwards: 7,
  contentLength: 8,
  contentType: 9,
  route: 10,
  recordRoute: 11,
  expires: 12,
  date: 13,
  authorization: 14,
  proxyAuthorization: 15,
  wwwAuthenticate: 16,
  proxyAuthenticate: 17,
  authenticationInfo: 18,
  require: 19,
  proxyRequire: 20,
  supported: 21,
  unsupported: 22,
  allow: 23,
  event: 24,
  path: 25,
  serviceRoute: 26,
  minExpires: 27,
  retryAfter: 28,
  pAssertedIdentity: 29,
  pPreferredIdentity: 30,
  userAgent: 31,
  server: 32,
  subject: 33,
  maxBreadth: 34,
  warning: 35,
  contentEncoding: 36,
  contentDisposition: 37,
  accept: 38,
  allowEvents: 39,
  subscriptionState: 40,
  sipEtag: 41,
  sipIfMatch: 42,
  referTo: 43,
  replaces: 44,
  minSe: 45,
  sessionExpires: 46,
  historyInfo: 47,
  privacy: 48,
  reason: 49,
  rack: 50,
  rseq: 51,
  inReplyTo: 52,
  priority: 53,
  timestamp: 54,
  mimeVersion: 55,
  contentLanguage: 56,
  organization: 57,
  callInfo: 58,
  alertInfo: 59,
  errorInfo: 60,
  acceptEncoding: 61,
  acceptLanguage: 62,
  replyTo: 63,
  referredBy: 64,
  acceptContact: 65,
  rejectContact: 66,
  requestDisposition: 67,
  identity: 68,
  identityInfo: 69,
  flowTimer: 70,
  suppressIfMatch: 71,
  targetDialog: 72,
  join: 73,
  proxyAuthenticationInfo: 74,
} as const

export type HeaderId = (typeof HeaderId)[keyof typeof HeaderId]

/** Canonical names where capitals do not follow from the words. */
const irregularNames: Partial<Record<keyof typeof HeaderId, string>> = {
  callId: 'Call-ID',
  cseq: 'CSeq',
  wwwAuthenticate: 'WWW-Authenticate',
  sipEtag: 'SIP-ETag',
  sipIfMatch: 'SIP-If-Match',
  minSe: 'Min-SE',
  rack: 'RAck',
  rseq: 'RSeq',
  mimeVersion: 'MIME-Version',
}

/** RFC 3261 §7.3.3, 3515, 3841, 3892, 4028, 6665, 8224. */
const compactForms: Readonly<Record<string, HeaderId>> = {
  a: HeaderId.acceptContact,
  b: HeaderId.referredBy,
  c: HeaderId.contentType,
  d: HeaderId.requestDisposition,
  e: HeaderId.contentEncoding,
  f: HeaderId.from,
  i: HeaderId.callId,
  j: HeaderId.rejectContact,
  k: HeaderId.supported,
  l: HeaderId.contentLength,
  m: HeaderId.contact,
  n: HeaderId.identityInfo,
  o: HeaderId.event,
  r: HeaderId.referTo,
  s: HeaderId.subject,
  t: HeaderId.to,
  u: HeaderId.allowEvents,
  v: HeaderId.via,
  x: HeaderId.sessionExpires,
  y: HeaderId.identity,
}

const names: string[] = []
const idsByName = new Map<string, HeaderId>()
for (const [key, id] of Object.entries(HeaderId) as [keyof typeof HeaderId, HeaderId][]) {
  const regular = key.replace(/^./, (first) => first.toUpperCase()).replace(/(?<!^)[A-Z]/g, '-$&')
  names[id] = irregularNames[key] ?? regular
  if (id !== HeaderId.other) idsByName.set(names[id].toLowerCase(), id)
}

/** The canonical long name: `Via`, `Call-ID`. Not for `other`, whose name only the message knows. */
export function headerName(id: HeaderId): string {
  return names[id]!
}

/** Any case, long or compact; `other` for names without an id. */
export function headerIdOf(name: string): HeaderId {
  const folded = name.toLowerCase()
  return idsByName.get(folded) ?? (folded.length === 1 ? compactForms[folded] : undefined) ?? HeaderId.other
}

// An open hash table over the lower-cased names, keyed by length and three letters: a known name costs one or two
// probes and one comparison of its bytes, and no string. Nothing is summed up while the name is scanned
// (bench/micro/sip-message).
const slotsCount = 1024
const slots = new Uint8Array(slotsCount)
const nameBytes: Uint8Array[] = [new Uint8Array(0)]
const compactIds = new Uint8Array(256)
for (const [name, id] of idsByName) {
  const bytes = Buffer.from(name, 'latin1')
  nameBytes[id] = bytes
  let slot = slotOf(bytes, 0, bytes.length)
  while (slots[slot] !== 0) slot = (slot + 1) & (slotsCount - 1)
  slots[slot] = id
}
for (const [letter, id] of Object.entries(compactForms)) compactIds[letter.charCodeAt(0)] = id

/** Length, first, middle and last letter; setting bit 5 folds the case. */
function slotOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  const first = bytes[start]! | 0x20
  const middle = bytes[start + (length >> 1)]! | 0x20
  const last = bytes[end - 1]! | 0x20
  return (first * 37 + middle * 101 + last * 7 + length * 13) & (slotsCount - 1)
}

/** The id of the name at `bytes[start, end)`, in any case, long or compact; not empty. */
export function headerIdAt(bytes: Uint8Array, start: number, end: number): HeaderId {
  if (end - start === 1) return compactIds[bytes[start]! | 0x20] as HeaderId
  for (let slot = slotOf(bytes, start, end); slots[slot] !== 0; slot = (slot + 1) & (slotsCount - 1)) {
    const id = slots[slot]!
    if (isName(nameBytes[id]!, bytes, start, end)) return id as HeaderId
  }
  return HeaderId.other
}

function isName(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false
  for (let index = 0; index < name.length; index++) {
    const byte = bytes[start + index]!
    // A hyphen must be itself; what else becomes a letter or digit when bit 5 is set is one in the other case, or no
    // token character at all and below 0x20, which ends a name before it gets here.
    if ((byte | 0x20) !== name[index]) return false
  }
  return true
}
