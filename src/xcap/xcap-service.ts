/**
 * XCAP at the shard of the user who asks (RFC 4825): who is it, whose document is meant, what is to become of it. Also
 * what administrators read and write. Changes are answered after their flush, and after those who live by the document
 * have followed.
 */

import type { DocumentReply } from '../ports/admin.ts'
import type { BusMessage, DocumentMessage, DocumentReplyMessage, XcapMessage } from '../ports/bus.ts'
import type { Account } from '../ports/directory.ts'
import { type DocumentRecord, documentRecord } from '../ports/records/document.ts'
import type { StoreKey } from '../ports/store.ts'
import {
  type Accounts,
  type AuthenticationSettings,
  answerFlushed,
  DigestProofs,
  type Service,
  type ShardHost,
  storeUnavailable,
  type Unit,
} from '../shard/index.ts'
import { parseDigestCredentials } from '../sip/digest/challenge.ts'
import { sameBytes } from '../sip/message/same-bytes.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { type ChangeOutcome, Documents } from './documents.ts'
import { bytesOf, readDocument } from './fragment.ts'
import { challenge, namesTarget } from './http-challenge.ts'
import { documentBytesMax, documentNameCharsMax, documentsPerUserMax } from './limits.ts'
import { ListServices, type Lists } from './list-services.ts'
import { parseTarget, type XcapTarget } from './request-target.ts'
import { conflict, etagLine, type HttpAnswer, type Resolution, refusal, resolve } from './resolve.ts'
import { applicationUsages, usageOf } from './usages/all.ts'
import { rlsServices, servicesIndex } from './usages/rls-services.ts'
import type { ApplicationUsage } from './usages/usage.ts'
import { capabilities, xcapCaps } from './usages/xcap-caps.ts'

export interface XcapSettings {
  /** Path below which everything is XCAP, without a slash at its end. */
  readonly root: string
}

export class XcapService implements Service {
  readonly name = 'xcap'
  readonly methods: readonly string[] = []
  readonly kinds = ['xcap', 'document'] as const
  readonly records = [documentRecord.name]
  readonly rfcs = ['4825', '4826', '5025']
  readonly documents: Documents
  readonly lists: Lists

  readonly #host: ShardHost
  readonly #accounts: Accounts
  readonly #proofs: DigestProofs
  readonly #settings: XcapSettings & { readonly bootId: string }
  /** The same in every answer, with the tag of this start. */
  readonly #capabilities: { readonly text: string; readonly etag: string }

  constructor(host: ShardHost, accounts: Accounts, settings: XcapSettings, authentication: AuthenticationSettings) {
    this.#host = host
    this.#accounts = accounts
    this.#proofs = new DigestProofs(accounts, host, authentication)
    this.#settings = { ...settings, bootId: authentication.bootId }
    this.#capabilities = { text: capabilities(applicationUsages), etag: authentication.bootId }
    this.documents = new Documents(host)
    this.lists = new ListServices(this.documents, settings.root)
  }

  load(aor: Aor, _kind: string, key: string, value: Uint8Array): string | null {
    return this.documents.load(aor, key, value)
  }

  onQuarantined(_aor: Aor, kind: string, _parts: readonly string[], key: StoreKey): void {
    if (kind === documentRecord.name) this.documents.onQuarantined(key)
  }

  forget(aor: Aor): void {
    this.documents.forget(aor)
  }

  onReloaded(aor: Aor): void {
    this.documents.onReloaded(aor)
  }

  onMovedAway(aor: Aor): void {
    this.documents.drop(aor)
  }

  removeUser(unit: Unit, aor: Aor): void {
    this.documents.removeUser(unit, aor)
  }

  onMessage(unit: Unit, message: BusMessage): void {
    if (message.kind !== 'xcap' && message.kind !== 'document') return
    const main = this.#accounts.aliasOf(message.aor)
    if (main) unit.send(this.#host.shardOf(main), { ...message, aor: main })
    else if (message.kind === 'xcap') this.#onXcap(unit, message)
    else this.#onDocument(unit, message)
  }

  #onXcap(unit: Unit, message: XcapMessage): void {
    const { aor, method, body, remoteAddress, isEncrypted, path, query } = message
    const credentials = parseDigestCredentials(message.authorization)
    const proof = credentials && this.#proofs.prove(credentials, { aor, method, body, remoteAddress, isEncrypted })
    if (credentials && !namesTarget(credentials.uri, path, query)) {
      return this.#answer(unit, message, refusal(400, 'the digest is for another URI'))
    }
    if (!proof || proof.isReplay) return this.#answer(unit, message, this.#challenge(message, proof !== null))
    const { account } = proof.known
    if (account.disabled) return this.#answer(unit, message, refusal(403, 'this account is disabled'))
    unit.change(() => proof.commit())
    const parsed = parseTarget(this.#settings.root, path, query)
    if (!parsed.ok) return this.#answer(unit, message, refusal(parsed.status, parsed.message))
    this.#authenticated(unit, message, account, parsed.target)
  }

  #challenge({ remoteAddress }: XcapMessage, isStale: boolean): HttpAnswer {
    const { realm } = this.#host
    return challenge(this.#host, { realm, bootId: this.#settings.bootId, remoteAddress, isStale })
  }

  #authenticated(unit: Unit, message: XcapMessage, account: Account, target: XcapTarget): void {
    const usage = usageOf(target.auid)
    if (!usage) return this.#answer(unit, message, refusal(404, `there is no application usage ${target.auid}`))
    if (target.owner === null) return this.#global(unit, message, account, target, usage)
    if (target.owner !== account.aor && !account.aliases.includes(target.owner)) {
      return this.#answer(unit, message, refusal(403, 'these are documents of somebody else'))
    }
    const name = target.document.join('/')
    const { aor } = account
    unit.touch(aor)
    const record = this.documents.record(aor, usage.auid, name)
    const resolution = resolve(this.#requestOf(message, account, target), this.#current(record), usage)
    if (resolution.kind === 'answer') return this.#answer(unit, message, resolution.answer)
    this.#change(unit, message, { aor, usage, name, record }, resolution)
  }

  #requestOf(message: XcapMessage, { aor }: Account, target: XcapTarget) {
    const { method, query, contentType, ifMatch, ifNoneMatch, body } = message
    return { method, target, query, contentType, ifMatch, ifNoneMatch, body, owner: aor }
  }

  #current(record: DocumentRecord | null) {
    const markup = record && this.documents.markup(record)
    return markup && { ...record, ...markup }
  }

  #change(
    unit: Unit,
    message: XcapMessage,
    of: { aor: Aor; usage: ApplicationUsage; name: string; record: DocumentRecord | null },
    { bytes, status }: Resolution & { kind: 'change' },
  ): void {
    const { aor, usage, name, record } = of
    if (bytes && record && sameBytes(bytes, record.bytes)) {
      return this.documents.follow(unit, aor, usage.auid, (later, outcome) => {
        later.touch(aor)
        this.#changed(later, message, outcome, { status: 200, headers: etagLine(record.etag), body: '' })
      })
    }
    if (bytes && !record && this.documents.list(aor).length >= documentsPerUserMax) {
      const phrase = `a user has at most ${documentsPerUserMax} documents`
      const refused = conflict({ kind: 'constraint-failure', phrase })
      if (refused.kind === 'answer') return this.#answer(unit, message, refused.answer)
    }
    const { auid, contentType } = usage
    this.documents.put(unit, aor, { auid, name, contentType }, bytes, (later, outcome) => {
      later.touch(aor)
      const now = this.documents.record(aor, auid, name)
      this.#changed(later, message, outcome, { status, headers: now && bytes ? etagLine(now.etag) : [], body: '' })
    })
  }

  /** A success is promised only when everything lives by the change. */
  #changed(unit: Unit, message: XcapMessage, outcome: ChangeOutcome, answer: HttpAnswer): void {
    if (outcome === 'not-kept') return answerFlushed(unit, message.from, storeUnavailable)
    this.#answer(unit, message, outcome === 'followed' ? answer : unconfirmed)
  }

  /** Documents that the server makes itself and nobody writes. */
  #global(unit: Unit, message: XcapMessage, account: Account, target: XcapTarget, usage: ApplicationUsage): void {
    const made = target.document.join('/') === 'index' ? this.#globalIndex(unit, account.aor, usage) : null
    if (message.method !== 'GET') {
      const allow = [['Allow', 'GET']] as const
      return this.#answer(unit, message, refusal(made ? 405 : 403, 'the global tree is read only', allow))
    }
    const resolution = resolve(this.#requestOf(message, account, target), made, usage)
    if (resolution.kind === 'answer') this.#answer(unit, message, resolution.answer)
  }

  #globalIndex(unit: Unit, aor: Aor, usage: ApplicationUsage) {
    const made = usage === xcapCaps ? this.#capabilities : usage === rlsServices ? this.#services(unit, aor) : null
    if (!made) return null
    const bytes = bytesOf(made.text)
    const read = readDocument(bytes)
    return read.ok ? { bytes, contentType: usage.contentType, etag: made.etag, text: made.text, root: read.root } : null
  }

  #services(unit: Unit, aor: Aor): { readonly text: string; readonly etag: string } {
    unit.touch(aor)
    const records = this.documents
      .list(aor)
      .filter(({ auid }) => auid === rlsServices.auid)
      .map(({ auid, name }) => this.documents.record(aor, auid, name)!)
    const texts = records.flatMap((record) => this.documents.markup(record) ?? [])
    return { text: servicesIndex(texts), etag: ['services', ...records.map(({ etag }) => etag)].join('-') }
  }

  #answer(unit: Unit, { from }: XcapMessage, { status, headers, body }: HttpAnswer): void {
    const bytes = typeof body === 'string' ? bytesOf(body) : body
    answerFlushed(unit, from, { status, reason: '', headers, body: bytes })
  }

  #onDocument(unit: Unit, message: DocumentMessage): void {
    const { aor, act } = message
    unit.touch(aor)
    if (!this.#accounts.find(aor)) return this.#refuse(unit, message, 'not-found', `${aor} is no user of this server`)
    const record = this.documents.record(aor, act.auid, act.name)
    if (act.act === 'read') return this.#reply(unit, message, { ok: true, aor, document: record })
    if ((record?.etag ?? null) !== act.etag) {
      return this.#refuse(unit, message, 'conflict', 'the document has been changed meanwhile')
    }
    const usage = usageOf(act.auid)
    const fault = usage ? documentFault(usage, act.name, act.bytes, aor) : `there is no application usage ${act.auid}`
    if (fault !== null || !usage) return this.#refuse(unit, message, 'invalid', fault ?? '')
    const { auid, contentType } = usage
    this.documents.put(unit, aor, { auid, name: act.name, contentType }, act.bytes, (later, outcome) => {
      later.touch(aor)
      const document = this.documents.record(aor, auid, act.name)
      if (outcome === 'followed') this.#reply(later, message, { ok: true, aor, document })
      else this.#reply(later, message, outcome === 'not-kept' ? notKept : notFollowed)
    })
  }

  #refuse(unit: Unit, message: DocumentMessage, error: 'not-found' | 'conflict' | 'invalid', text: string): void {
    this.#reply(unit, message, { ok: false, error, message: text })
  }

  #reply(unit: Unit, { from: to }: DocumentMessage, reply: DocumentReply): void {
    const told: DocumentReply =
      reply.ok && reply.document
        ? { ...reply, document: { bytes: reply.document.bytes, etag: reply.document.etag } }
        : reply
    const message = (of: DocumentReply): DocumentReplyMessage => ({ kind: 'document-reply', to, reply: of })
    unit.sendFlushed(to.worker, message(told), message(notKept))
  }
}

/** RFC 4825 has no word for it: the document is written, and what it forbids may still be seen somewhere. */
const unconfirmed = refusal(
  503,
  'the document is written, but a part of the server has not confirmed in time that it lives by it; ask again',
  [['Retry-After', '2']],
)

const notFollowed: DocumentReply = {
  ok: false,
  error: 'unavailable',
  message: 'the change is written, but a part of the server has not confirmed in time that it lives by it',
}

const notKept: DocumentReply = { ok: false, error: 'unavailable', message: 'the store did not take the change' }

/** Why this cannot be a document of this usage; null: it can. */
export function documentFault(
  usage: ApplicationUsage,
  name: string,
  bytes: Uint8Array | null,
  owner: Aor,
): string | null {
  if (!/^[^/\\\p{Cc}]+$/u.test(name) || name.length > documentNameCharsMax) return `${name} is no name of a document`
  if (bytes === null) return null
  if (bytes.length > documentBytesMax) return `a document has at most ${documentBytesMax} bytes`
  const read = readDocument(bytes)
  return read.ok ? (usage.validate(read.root, owner)?.phrase ?? null) : read.conflict.phrase
}
