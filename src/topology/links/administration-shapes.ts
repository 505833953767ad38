/**
 * Shapes of the bus messages that administrators and XCAP cause (`src/ports/bus.ts`, `admin.ts`). Whether a peer may
 * send such a thing is decided where it arrives.
 */
import type {
  AdminReply,
  AdminRequest,
  CredentialSummary,
  DeviceSummary,
  DocumentReply,
  DocumentRequest,
  HardStateWords,
  OrganisationSummary,
  PolicyReply,
  PolicyRequest,
  PresenceReply,
  PresenceRequest,
  PresenceSource,
  UserPolicySummary,
  WatcherSummary,
} from '../../ports/admin.ts'
import type {
  AdminMessage,
  AdminReplyMessage,
  DocumentMessage,
  DocumentReplyMessage,
  PolicyAskMessage,
  PolicyReplyMessage,
  XcapMessage,
} from '../../ports/bus.ts'
import type { Account, DirectoryUserFacts } from '../../ports/directory.ts'
import type { PresenceAskMessage, PresenceReplyMessage } from '../../ports/presence-bus.ts'
import { hardStateSources } from '../../ports/records/hard-state.ts'
import { serverOwner } from '../../ports/records/manifest.ts'
import { policyDefaults } from '../../ports/records/policy.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { aors, bytes, numberOrNull, replyAddress, secrets, textOrNull, texts } from './address-shapes.ts'
import { itemsMax } from './limits.ts'
import { aor, choice, constant, count, flag, list, number, oneOf, orNull, record, type Shape, text } from './shape.ts'
import { groupRule } from './state-shapes.ts'

/** A user, or the server itself, which owns the organisation's rules. */
const owner: Shape<Aor> = {
  write: (to, value) => orNull(aor).write(to, (value as string) === serverOwner ? null : value),
  read: (from) => orNull(aor).read(from) ?? (serverOwner as Aor),
}

/** `SeeVerdict` of `src/ports/policy.ts`: what a user's own rules and policy say. */
const seeRule = choice('allow', 'block', 'polite-block', 'confirm')

const directoryFacts = record<DirectoryUserFacts>({
  guid: text,
  dn: text,
  displayName: text,
  aliases: aors,
  against: texts,
  home: text,
})

const adminRequest = oneOf<AdminRequest, 'act'>('act', {
  add: { displayName: text, aliases: aors, groups: texts, secrets, disabled: flag },
  show: {},
  'set-password': { secrets },
  'set-disabled': { disabled: flag },
  'change-groups': { add: texts, remove: texts },
  remove: {},
  'put-device': { device: text, secrets },
  'remove-device': { device: text },
  prove: { secrets },
  'put-directory': { facts: directoryFacts, groups: texts },
  'set-display-name': { displayName: text },
  'sign-out': { deviceKey: textOrNull },
})

const policyRequest = oneOf<PolicyRequest, 'act'>('act', {
  'show-organisation': {},
  'set-default': { default: choice(...policyDefaults) },
  'put-rule': { rule: groupRule },
  'remove-rule': { from: text, to: text },
  'show-user': {},
  'set-user-rule': { rule: orNull(seeRule), watchers: aors },
})

const documentRequest = oneOf<DocumentRequest, 'act'>('act', {
  read: { auid: text, name: text },
  write: { auid: text, name: text, bytes: orNull(bytes), etag: textOrNull },
})

const hardStateSource = choice(...hardStateSources)
type Said = Extract<PresenceRequest, { readonly act: 'set' }>['says']
const words = record<HardStateWords>({
  status: orNull(choice('open', 'closed')),
  activity: textOrNull,
  note: textOrNull,
})
const documentSaid = record<{ readonly document: Uint8Array }>({ document: bytes })
const said: Shape<Said> = {
  write: (to, value) => {
    flag.write(to, 'document' in value)
    if ('document' in value) documentSaid.write(to, value)
    else words.write(to, value)
  },
  read: (from) => (flag.read(from) ? documentSaid.read(from) : words.read(from)),
}

const presenceRequest = oneOf<PresenceRequest, 'act'>('act', {
  show: {},
  watchers: {},
  set: { by: hardStateSource, says: said, fromMs: numberOrNull, untilMs: numberOrNull },
  clear: { by: hardStateSource },
})

const workers = list(count, itemsMax)
const account = record<Account>({
  aor,
  aliases: aors,
  displayName: text,
  groups: texts,
  disabled: flag,
  epoch: number,
  createdMs: number,
})
const device = record<DeviceSummary>({
  deviceKey: text,
  contactUri: text,
  userAgent: text,
  online: flag,
  transport: text,
  expiresMs: number,
})

const credential = record<CredentialSummary>({ device: text, userName: text, createdMs: number })

const adminReply = oneOf<AdminReply, 'ok'>('ok', {
  true: {
    account: orNull(account),
    devices: list(device, itemsMax),
    credentials: list(credential, itemsMax),
    directory: orNull(directoryFacts),
    mailboxMessages: count,
    unconfirmed: workers,
  },
  false: { error: choice('exists', 'not-found', 'unavailable', 'invalid'), message: text },
})

const documentRead = record<{ readonly bytes: Uint8Array; readonly etag: string }>({ bytes, etag: text })
const documentReply = oneOf<DocumentReply, 'ok'>('ok', {
  true: { aor, document: orNull(documentRead) },
  false: { error: choice('not-found', 'conflict', 'invalid', 'unavailable'), message: text },
})

const replyError = choice('invalid', 'not-found', 'unavailable')
const organisation = record<OrganisationSummary>({
  default: choice(...policyDefaults),
  defaultFrom: choice('configuration', 'command'),
  rules: list(groupRule, itemsMax),
  unreadable: flag,
})
const watcherRule = record<UserPolicySummary['rules'][number]>({
  watcher: text,
  rule: seeRule,
})
const userPolicy = record<UserPolicySummary>({ aor, rules: list(watcherRule, itemsMax), unreadable: flag })

const policyReply = oneOf<PolicyReply, 'ok'>('ok', {
  true: { organisation: orNull(organisation), user: orNull(userPolicy), unconfirmed: workers },
  false: { error: replyError, message: text },
})

const presenceSource = record<PresenceSource>({
  by: choice('device', ...hardStateSources),
  deviceKey: textOrNull,
  counts: flag,
  saidMs: number,
  fromMs: numberOrNull,
  untilMs: numberOrNull,
})
const watcherSummary = record<WatcherSummary>({ watcher: aor, verdict: seeRule, sinceMs: number })

const presenceReply = oneOf<PresenceReply, 'ok'>('ok', {
  true: {
    aor,
    document: bytes,
    basic: choice('open', 'closed'),
    activity: textOrNull,
    notes: texts,
    sources: list(presenceSource, itemsMax),
    devicesOnline: count,
    watchers: list(watcherSummary, itemsMax),
  },
  false: { error: replyError, message: text },
})

export const adminShape = record<AdminMessage>({ kind: constant('admin'), from: replyAddress, aor, act: adminRequest })
export const adminReplyShape = record<AdminReplyMessage>({
  kind: constant('admin-reply'),
  to: replyAddress,
  reply: adminReply,
})
export const documentShape = record<DocumentMessage>({
  kind: constant('document'),
  from: replyAddress,
  aor,
  act: documentRequest,
})
export const documentReplyShape = record<DocumentReplyMessage>({
  kind: constant('document-reply'),
  to: replyAddress,
  reply: documentReply,
})
export const policyAskShape = record<PolicyAskMessage>({
  kind: constant('policy-ask'),
  from: replyAddress,
  aor: owner,
  act: policyRequest,
})
export const policyReplyShape = record<PolicyReplyMessage>({
  kind: constant('policy-reply'),
  to: replyAddress,
  reply: policyReply,
})
export const presenceAskShape = record<PresenceAskMessage>({
  kind: constant('presence-ask'),
  from: replyAddress,
  aor,
  act: presenceRequest,
})
export const presenceReplyShape = record<PresenceReplyMessage>({
  kind: constant('presence-reply'),
  to: replyAddress,
  reply: presenceReply,
})

export const xcapShape = record<XcapMessage>({
  kind: constant('xcap'),
  from: replyAddress,
  aor,
  method: text,
  path: text,
  query: text,
  authorization: text,
  ifMatch: textOrNull,
  ifNoneMatch: textOrNull,
  contentType: textOrNull,
  body: bytes,
  remoteAddress: text,
  isEncrypted: flag,
})
