/**
 * PUBLISH (RFC 3903 §6) at the presentity's shard: makes, refreshes, changes and removes publications, and lets them
 * end with their time. What watchers see of it is `fan-out.ts`.
 */
import type { HeaderLines } from '../../ports/bus.ts'
import { storedCeilingMs } from '../../ports/records/ceiling.ts'
import { publicationKey, publicationRecord } from '../../ports/records/publication.ts'
import { type Device, type Devices, devicesOn } from '../../registrar/index.ts'
import {
  type AuthenticatedRequest,
  answerFlushed,
  type Rejection,
  type ShardHost,
  type Unit,
} from '../../shard/index.ts'
import { sameBytes } from '../../sip/message/same-bytes.ts'
import { type Aor, parseAor } from '../../sip/uri/aor.ts'
import { conditionFailed, notOneself, tooManyPublications } from '../rejections.ts'
import type { PresenceSettings } from '../settings.ts'
import type { Presentities } from '../watching/presentities.ts'
import type { Presentity } from '../watching/presentity.ts'
import { type CheckedDocument, checkDocument, checkPartial } from './check-document.ts'
import { type EntityTag, generationBlock, openEntityTag, sealEntityTag } from './entity-tag.ts'
import { type Publication, publicationFields } from './publication.ts'
import { type PublishRequest, readPublish } from './publish-request.ts'
import { type Standing, TakenBack } from './taken-back.ts'

export class Publisher {
  readonly #host: ShardHost
  readonly #devices: Devices
  readonly #settings: PresenceSettings
  readonly #presentities: Presentities
  /** What is being read again after a batch that failed, as it was before. */
  readonly #beforeReading = new Map<Aor, readonly Standing[]>()
  readonly #takenBack: TakenBack

  constructor(host: ShardHost, devices: Devices, settings: PresenceSettings, presentities: Presentities) {
    this.#host = host
    this.#devices = devices
    this.#settings = settings
    this.#presentities = presentities
    this.#takenBack = new TakenBack(host)
  }

  /** Null: it was answered. */
  publish(unit: Unit, request: AuthenticatedRequest): Rejection | null {
    const { message, account, operationId } = request
    const { aor } = account
    const named = parseAor(message.request.requestUri)
    if (named !== aor && !(named !== null && account.aliases.includes(named))) return notOneself
    const presentity = this.#presentities.of(aor)
    const repeated = presentity.findOperation(operationId)
    if (repeated) {
      this.#answer(unit, request, repeated, Math.ceil((repeated.expiresMs - unit.nowMs) / 1000))
      return null
    }
    const wanted = readPublish(message.request, this.#settings)
    if ('status' in wanted) return wanted
    if (wanted.entityTag === null) return this.#create(unit, request, presentity, wanted)
    const tag = openEntityTag(this.#host.seals, aor, wanted.entityTag)
    const publication = tag && this.#find(presentity, tag)
    if (!publication) return conditionFailed
    if (wanted.expiresSeconds === 0) return this.#remove(unit, request, presentity, publication)
    return this.#renew(unit, request, presentity, publication, { ...wanted, generation: tag.generation })
  }

  /** Its time is over: nobody has refreshed it. */
  expire(presentity: Presentity, publication: Publication): void {
    publication.expiry = null
    if (presentity.publications.get(publication.id) !== publication) return
    if (publication.expiresMs > this.#host.clock.wallMs()) {
      this.#startExpiry(presentity, publication)
      return
    }
    const { aor } = presentity
    this.#host.run({ who: aor, what: 'publication-expiry', hash: '' }, (unit) => {
      this.#takeBack(unit, presentity, publication)
      this.#presentities.changed(unit, presentity, unit.nowMs)
    })
  }

  /** One that was read from the store. To be called outside of units. */
  restore(presentity: Presentity, publication: Publication): void {
    presentity.publications.set(publication.id, publication)
    this.#startExpiry(presentity, publication)
  }

  /** All of a user, with the records; in the unit that removes him. */
  removeAll(unit: Unit, presentity: Presentity): void {
    for (const publication of presentity.publications.values()) this.#takeBack(unit, presentity, publication)
    for (const key of presentity.unreadableKeys) unit.write(presentity.aor, key, null)
  }

  /** Memory only: the user has another home. */
  drop(presentity: Presentity): void {
    for (const publication of [...presentity.publications.values()]) this.#drop(presentity, publication)
    this.#beforeReading.delete(presentity.aor)
    this.#takenBack.take(presentity.aor)
  }

  /** Memory only: the records are read again. */
  forget(presentity: Presentity): void {
    const publications = [...presentity.publications.values()]
    this.#beforeReading.set(presentity.aor, [...publications, ...this.#takenBack.take(presentity.aor)])
    for (const publication of publications) this.#drop(presentity, publication)
  }

  /**
   * They were read again while the server ran: what counted goes on counting, for as long as it was promised, and so
   * does what a device that is there could not take back. Only after a start must devices be heard from first.
   */
  reloaded(presentity: Presentity): void {
    const { aor, publications } = presentity
    const there = new Set(this.#devices.known(aor).flatMap((each) => (each.targets.length > 0 ? each.deviceKey : [])))
    const known = [...(this.#beforeReading.get(aor) ?? []), ...this.#takenBack.take(aor)]
    this.#beforeReading.delete(aor)
    for (const publication of publications.values()) {
      const before = known.find(({ id }) => id === publication.id)
      const isThere = publication.deviceKey !== null && there.has(publication.deviceKey)
      publication.isConfirmed ||= isThere || before?.isConfirmed === true
      if (!before) continue
      publication.expiresMs = Math.min(before.expiresMs, publication.ceilingMs)
      if (publication.expiry) this.#host.timers.cancel(publication.expiry)
      this.#startExpiry(presentity, publication)
    }
  }

  #create(unit: Unit, request: AuthenticatedRequest, presentity: Presentity, wanted: PublishRequest): Rejection | null {
    if (wanted.expiresSeconds === 0) return conditionFailed
    const devices = devicesOn(this.#devices, presentity.aor, request.message.source.flow)
    const replaced = madeBefore(presentity, devices)
    if (presentity.publications.size - replaced.length >= this.#settings.publicationsMax) {
      const abandoned = this.#abandoned(presentity)
      if (!abandoned) return tooManyPublications
      replaced.push(abandoned)
    }
    const checked = this.#check(wanted, presentity.aor, null)
    if (!checked.ok) return checked.rejection
    const expiresMs = unit.nowMs + wanted.expiresSeconds * 1000
    const publication: Publication = {
      id: this.#host.entropy.word(8),
      generation: 0,
      generationCeiling: 0,
      operationId: request.operationId,
      deviceKey: devices[0]?.deviceKey ?? null,
      document: checked.document,
      publishedMs: presentity.nextPublishedMs(unit.nowMs),
      expiresMs,
      ceilingMs: 0,
      isConfirmed: true,
      isGenerationKnown: true,
      speaksAlone: checked.speaksAlone,
      expiry: null,
    }
    const kept = this.#keep(unit, presentity.aor, publication, wanted.expiresSeconds)
    for (const each of replaced) this.#takeBack(unit, presentity, each)
    unit.change(() => {
      presentity.publications.set(publication.id, kept)
      this.#startExpiry(presentity, kept)
    })
    this.#presentities.changed(unit, presentity, request.message.receivedMs)
    this.#answer(unit, request, kept, wanted.expiresSeconds)
    return null
  }

  /** The oldest of a device that is not there: devices that never come back must not lock out those that do. */
  #abandoned({ aor, publications }: Presentity): Publication | null {
    const present = new Set(this.#devices.known(aor).flatMap((each) => (each.targets.length > 0 ? each.deviceKey : [])))
    const gone = [...publications.values()].filter((each) => each.deviceKey !== null && !present.has(each.deviceKey))
    return gone.reduce<Publication | null>(
      (old, each) => (old && old.publishedMs < each.publishedMs ? old : each),
      null,
    )
  }

  /** A refresh, or a new document. Each is answered with a new entity tag (RFC 3903 §6 step 6). */
  #renew(
    unit: Unit,
    request: AuthenticatedRequest,
    presentity: Presentity,
    publication: Publication,
    wanted: PublishRequest & Pick<EntityTag, 'generation'>,
  ): Rejection | null {
    const { aor } = presentity
    const { body, isPartial } = wanted
    const devices = devicesOn(this.#devices, aor, request.message.source.flow)
    // Many clients say the same again instead of refreshing it: it is as good as it was.
    const isSame = body !== null && !isPartial && sameBytes(body, publication.document)
    const checked = body === null || isSame ? null : this.#check(wanted, aor, publication.document)
    if (checked && !checked.ok) return checked.rejection
    const isChanged = body !== null
    const next: Publication = {
      ...publication,
      generation: Math.max(publication.generation, wanted.generation) + 1,
      operationId: request.operationId,
      deviceKey: devices[0]?.deviceKey ?? publication.deviceKey,
      document: checked?.document ?? publication.document,
      publishedMs: isChanged ? presentity.nextPublishedMs(unit.nowMs) : publication.publishedMs,
      expiresMs: unit.nowMs + wanted.expiresSeconds * 1000,
      isConfirmed: true,
      isGenerationKnown: true,
      speaksAlone: checked?.speaksAlone ?? publication.speaksAlone,
    }
    const mustWrite =
      isChanged || next.generation > publication.generationCeiling || next.expiresMs > publication.ceilingMs
    const kept = mustWrite ? this.#keep(unit, aor, next, wanted.expiresSeconds) : next
    unit.change(() => {
      presentity.publications.set(publication.id, kept)
      if (publication.expiry) this.#host.timers.cancel(publication.expiry)
      this.#startExpiry(presentity, kept)
    })
    if (isChanged || !publication.isConfirmed) this.#presentities.changed(unit, presentity, request.message.receivedMs)
    this.#answer(unit, request, kept, wanted.expiresSeconds)
    return null
  }

  #remove(
    unit: Unit,
    request: AuthenticatedRequest,
    presentity: Presentity,
    publication: Publication,
  ): Rejection | null {
    this.#takeBack(unit, presentity, publication)
    this.#presentities.changed(unit, presentity, request.message.receivedMs)
    answerFlushed(unit, request.message.from, {
      status: 200,
      reason: 'OK',
      headers: [['Expires', '0']],
      identity: request.identity,
    })
    return null
  }

  /** Writes it, with expiry and generations reserved ahead. */
  #keep(unit: Unit, aor: Aor, publication: Publication, expiresSeconds: number): Publication {
    const kept: Publication = {
      ...publication,
      generationCeiling: publication.generation + generationBlock,
      ceilingMs: storedCeilingMs(publication.expiresMs, expiresSeconds * 1000),
    }
    unit.write(aor, publicationKey(aor, kept.id), publicationRecord.encode(publicationFields(kept)))
    return kept
  }

  /** The tag names the newest generation, or after a start any that may have been given out. */
  #find({ publications }: Presentity, tag: EntityTag): Publication | null {
    const publication = publications.get(tag.id)
    if (!publication) return null
    if (publication.isGenerationKnown) return tag.generation === publication.generation ? publication : null
    const isPossible = tag.generation >= publication.generation && tag.generation <= publication.generationCeiling
    return isPossible ? publication : null
  }

  #answer(unit: Unit, request: AuthenticatedRequest, { id, generation }: Publication, expiresSeconds: number): void {
    const tag = sealEntityTag(this.#host.seals, request.account.aor, { id, generation })
    const headers: HeaderLines = [
      ['SIP-ETag', tag],
      ['Expires', String(Math.max(0, expiresSeconds))],
    ]
    unit.touch(request.account.aor)
    answerFlushed(unit, request.message.from, { status: 200, reason: 'OK', headers, identity: request.identity })
  }

  /** `before`: what the publication says until now. */
  #check({ body, isPartial }: PublishRequest, aor: Aor, before: Uint8Array | null): CheckedDocument {
    const check = { aor, systemMs: this.#host.clock.systemMs(), bytesMax: this.#settings.documentBytesMax }
    return isPartial ? checkPartial(body!, before, check) : checkDocument(body!, check)
  }

  #startExpiry(presentity: Presentity, publication: Publication): void {
    const leftMs = Math.max(0, publication.expiresMs - this.#host.clock.wallMs())
    const target = { onTimer: () => this.expire(presentity, publication) }
    publication.expiry = this.#host.timers.set(leftMs, target, 0)
  }

  /** It counts no more, and its record goes. */
  #takeBack(unit: Unit, presentity: Presentity, publication: Publication): void {
    const { aor } = presentity
    unit.write(aor, publicationKey(aor, publication.id), null)
    this.#takenBack.add(unit, aor, publication)
    unit.change(() => this.#drop(presentity, publication))
  }

  #drop(presentity: Presentity, publication: Publication): void {
    const held = presentity.publications.get(publication.id)
    if (held?.expiry) this.#host.timers.cancel(held.expiry)
    presentity.publications.delete(publication.id)
  }
}

/**
 * What the same device published before: it has no entity tag for it, since the answer was lost or it began anew, so
 * it could never take it back. Nothing where the flow is that of several devices.
 */
function madeBefore({ publications }: Presentity, devices: readonly Device[]): Publication[] {
  const [device] = devices
  if (!device || devices.length > 1) return []
  return [...publications.values()].filter(({ deviceKey }) => deviceKey === device.deviceKey)
}
