/**
 * One message of every kind of the bus, for the tests of this folder: a new kind is a row here.
 */
import type {
  BusKind,
  BusMessage,
  FlowIdentity,
  ForwardTarget,
  ReplyAddress,
  RequestSource,
} from '../../../src/ports/bus.ts'
import type { FlowId } from '../../../src/ports/flows.ts'
import { encodeResponse } from '../../../src/sip/message/encode.ts'
import { parseMessage } from '../../../src/sip/message/parse.ts'
import type { SipMessage } from '../../../src/sip/message/sip-message.ts'
import { aorOf } from '../../support/played-messages.ts'
import { request } from '../../support/requests.ts'

export const alice = aorOf('alice')
export const bob = aorOf('bob')
export const party = { aor: alice, aliases: [bob], groups: ['sales'] }
export const rule = { from: 'sales', to: '*', see: 'forbid', message: null } as const
export const flow = '0.1.7.cafe' as FlowId
export const to: ReplyAddress = { worker: 1, incarnation: 1, half: 'edge', number: 3 }
export const content = new Uint8Array([7])
export const ownRequest = {
  number: 3,
  flow,
  owner: alice,
  requestUri: 'sip:a@192.0.2.1',
  headers: 'Call-ID: 7\r\n',
  content,
}
export const identity: FlowIdentity = {
  aor: alice,
  aliases: [bob],
  epoch: 4,
  untilMs: 9_000,
  token: 't',
  provedUntilMs: 8_000,
}
export const target: ForwardTarget = {
  flow,
  transport: 'udp',
  contactUri: 'sip:x@192.0.2.7',
  path: ['<sip:p;lr>'],
  qThousandths: 500,
  deviceKey: 'd',
}
export const source: RequestSource = {
  flow,
  transport: 'tls',
  remoteAddress: '192.0.2.7',
  remotePort: 5061,
  localAddress: '192.0.2.1',
  localPort: 5061,
  identity,
}

export function cancel(number: number): BusMessage {
  return { kind: 'cancel', from: { ...to, number } }
}

export function flowDied(aor = alice, goodbye = false): BusMessage {
  return { kind: 'flow-died', aor, flow, goodbye }
}

export function epoch(number: number, aor = alice): BusMessage {
  return { kind: 'epoch', aor, epoch: number }
}

export function response(): SipMessage {
  return parseMessage(encodeResponse(request(), 200, { toTag: 'x' })).message!
}

export const route = { target, recipient: bob }

/** One of each kind; a new kind fails to compile here until it has one. */
export const everyKind: { readonly [Kind in BusKind]: BusMessage & { kind: Kind } } = {
  request: { kind: 'request', from: to, sender: alice, request: request(), source, proof: null, receivedMs: 7, route },
  answer: {
    kind: 'answer',
    to,
    status: 200,
    reason: 'OK',
    headers: [['Date', 'now']],
    body: Buffer.from('body'),
    response: response(),
    identity,
    bound: { bindings: ['instance a 1'], atMs: 7 },
    toTag: null,
  },
  deliver: {
    kind: 'deliver',
    from: to,
    sender: alice,
    party,
    recipient: bob,
    request: request({ body: 'grüße' }),
    operationId: 'id',
    receivedMs: 5,
    source,
    identity,
    unlessKnown: null,
    isCopied: true,
  },
  sent: { kind: 'sent', sender: alice, request: request({ body: 'grüße' }), operationId: 'id', flow },
  locate: {
    kind: 'locate',
    from: to,
    sender: alice,
    party,
    recipient: bob,
    requestUri: 'sip:bob@x',
    requestBytes: 400,
    source,
    identity,
  },
  targets: { kind: 'targets', to, sender: alice, recipient: bob, targets: [target], identity: null },
  forward: {
    kind: 'forward',
    from: to,
    target,
    request: request(),
    mode: 'proxied',
    sender: alice,
    recipient: bob,
    source,
    date: 'then',
    recordRoute: true,
    callerRoute: '<sip:t@192.0.2.9;lr>',
    spentRoutes: 1,
    maxBreadth: 60,
  },
  outcome: { kind: 'outcome', to, status: 200, response: response(), deviceKey: 'd' },
  cancel: { kind: 'cancel', from: to },
  send: {
    kind: 'send',
    from: { worker: 1, incarnation: 1, half: 'events' },
    method: 'NOTIFY',
    requests: [ownRequest],
    causeMs: 7,
  },
  watches: {
    kind: 'watches',
    worker: 1,
    watcher: alice,
    party,
    isWanted: true,
    number: 1,
    entries: [{ presentity: bob, known: null }],
  },
  verdicts: {
    kind: 'verdicts',
    heard: 1,
    watcher: alice,
    verdicts: [{ presentity: bob, verdict: 'allow', state: null, mainAor: null }],
  },
  state: {
    kind: 'state',
    presentity: bob,
    version: { incarnation: 1, number: 2 },
    document: Buffer.from('<presence/>'),
    causeMs: 7,
  },
  naming: { kind: 'naming', worker: 1, phase: 'begin' },
  'watch-check': { kind: 'watch-check', worker: 1, count: 2, hash: 3, part: 0, parts: 1 },
  'name-again': { kind: 'name-again', worker: 1, presentity: alice },
  barrier: { kind: 'barrier', from: to },
  'barrier-passed': { kind: 'barrier-passed', to, worker: 1 },
  whose: { kind: 'whose', from: to, aor: alice },
  'home-is': { kind: 'home-is', to, aor: alice, isOurs: true, epoch: 1 },
  'wrong-home': { kind: 'wrong-home', to, aor: alice, topologyVersion: 7 },
  joined: { kind: 'joined', worker: 1 },
  'link-state': {
    kind: 'link-state',
    worker: 1,
    server: 'home.test',
    isUp: true,
    bootId: 'cafe',
    workersCount: 2,
    upCount: 3,
  },
  carry: { kind: 'carry', server: 'home.test', frame: content },
  'move-ask': { kind: 'move-ask', from: to, aor: alice, act: { act: 'move', to: 'two.test' } },
  'move-reply': { kind: 'move-reply', to, reply: { ok: false, error: 'conflict', message: 'another move' } },
  'move-step': {
    kind: 'move-step',
    worker: 1,
    aor: alice,
    move: 'm',
    step: { step: 'part', records: [{ key: 'sip:alice@example.test\0account', value: Buffer.from('a') }] },
  },
  'move-answer': { kind: 'move-answer', worker: 1, aor: alice, move: 'm', answer: { says: 'flushed', round: 2 } },
  'look-again': { kind: 'look-again', aor: alice, names: [bob] },
  'user-moved': { kind: 'user-moved', aor: alice, names: [bob], server: 'two.test', epoch: 2, by: 'record' },
  'flow-died': { kind: 'flow-died', aor: alice, flow, goodbye: true },
  'flow-alive': { kind: 'flow-alive', aor: alice, flow, epoch: 3, bindings: ['instance a 1'], atMs: 7 },
  'flow-left': { kind: 'flow-left', aor: alice, flow, bindings: ['instance a 1'] },
  epoch: { kind: 'epoch', aor: alice, epoch: 5 },
  alias: { kind: 'alias', aor: bob, mainAor: null },
  datagram: { kind: 'datagram', listener: 1, remoteAddress: '::1', remotePort: 5, bytes: Buffer.from('OPTIONS') },
  xcap: {
    kind: 'xcap',
    from: to,
    aor: alice,
    method: 'PUT',
    path: '/xcap-root/resource-lists/users/sip:alice@example.test/index',
    query: '',
    authorization: 'Digest …',
    ifMatch: '"a"',
    ifNoneMatch: null,
    contentType: 'application/resource-lists+xml',
    body: new Uint8Array([60, 62]),
    remoteAddress: '192.0.2.7',
    isEncrypted: true,
  },
  document: { kind: 'document', from: to, aor: alice, act: { act: 'read', auid: 'pres-rules', name: 'index' } },
  'document-reply': { kind: 'document-reply', to, reply: { ok: true, aor: alice, document: null } },
  'directory-ask': { kind: 'directory-ask', from: to, aor: alice },
  'home-ask': { kind: 'home-ask', from: to, aor: alice, isAnew: true },
  'home-answer': { kind: 'home-answer', to, aor: alice, outcome: 'named', server: 'one.test' },
  'home-renamed': { kind: 'home-renamed', aor: alice, names: [bob] },
  'directory-answer': { kind: 'directory-answer', to, aor: alice, outcome: 'found', mainAor: bob },
  admin: { kind: 'admin', from: to, aor: alice, act: { act: 'show' } },
  'admin-reply': { kind: 'admin-reply', to, reply: { ok: false, error: 'not-found', message: 'nobody' } },
  'policy-change': { kind: 'policy-change', from: to, policy: { generation: 3, default: 'closed', rules: [rule] } },
  'groups-change': { kind: 'groups-change', from: to, party },
  'policy-applied': { kind: 'policy-applied', to, worker: 1, outcome: 'applied' },
  'presence-ask': { kind: 'presence-ask', from: to, aor: alice, act: { act: 'clear', by: 'calendar' } },
  'presence-reply': { kind: 'presence-reply', to, reply: { ok: false, error: 'not-found', message: 'nobody' } },
  'policy-ask': { kind: 'policy-ask', from: to, aor: alice, act: { act: 'put-rule', rule } },
  'policy-reply': { kind: 'policy-reply', to, reply: { ok: false, error: 'not-found', message: 'nobody' } },
}
