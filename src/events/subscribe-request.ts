/**
 * What a SUBSCRIBE asks for (RFC 6665 §4.1.2, §8.2; rates: RFC 6446 §4; conditions: RFC 5839 §4), read from its
 * headers into values. Whether it is granted is not decided here.
 */
import type { Rejection } from '../shard/index.ts'
import { rejection } from '../shard/index.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import { ownText } from '../sip/message/own-text.ts'
import { parseParams } from '../sip/message/params.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import { grantedExpires } from './granted-expires.ts'
import { badExpires, badRate, noContact, noEvent } from './rejections.ts'
import type { EventSettings } from './settings.ts'

export interface SubscribeRequest {
  /** Event package with its templates, in lower case. */
  readonly event: string
  /** `id` of Event: tells subscriptions of one dialog apart. As it is written, perhaps in quotes. */
  readonly eventId: string | null
  /** Granted: as asked, cut to the maximum; 0 is a fetch or an end. */
  readonly expiresSeconds: number
  /** Media types of Accept in lower case; null where the header is missing. */
  readonly accept: readonly string[] | null
  /** The watcher reads lists (RFC 4662 §4.1). */
  readonly supportsLists: boolean
  readonly supportsPartial: boolean
  /** The shortest time between two NOTIFYs that the watcher wants (RFC 6446 `max-rate`), 0 for none. */
  readonly minGapMs: number
  /** The longest time without a NOTIFY (`min-rate`), 0 for none. */
  readonly maxGapMs: number
  /** The mean time between two NOTIFYs (`adaptive-min-rate`), 0 for none. */
  readonly adaptiveGapMs: number
  /** Entity tag of Suppress-If-Match (`condition.ts`). */
  readonly suppressIfMatch: string | null
  readonly message: SipMessage
}

const rate = /^\d{1,6}(?:\.\d{1,6})?$/
/** RFC 6446 leaves the slowest rate open: a day between two is no rate any more. */
const gapMsMax = 86_400_000
/** More often nothing is repeated that has not changed: two thousand subscriptions of one user would be a flood. */
const repeatGapMsMin = 5_000

/** The package that Event names, in lower case; empty when the header is missing. */
export function eventName(message: SipMessage): string {
  return (message.first(HeaderId.event) ?? '').split(';', 1)[0]!.trim().toLowerCase()
}

/** `event`, `event;id=7` → package and parameters; null when the header is missing or malformed. */
export function eventOf(message: SipMessage): { name: string; params: ReadonlyMap<string, string | null> } | null {
  const value = message.first(HeaderId.event)
  if (value === null) return null
  const semicolon = value.indexOf(';')
  const name = eventName(message)
  const params = semicolon < 0 ? parseParams('') : parseParams(value, semicolon)
  return name === '' || params === null ? null : { name, params }
}

export function readSubscribe(
  message: SipMessage,
  defaultExpiresSeconds: number,
  settings: EventSettings,
): SubscribeRequest | Rejection {
  const event = eventOf(message)
  if (event === null) return noEvent
  const { contacts } = message
  if (contacts === null || contacts === 'star' || contacts.length !== 1) return noContact
  const expiresSeconds = grantedExpires(message, defaultExpiresSeconds, settings)
  if (expiresSeconds === 'malformed') return badExpires
  if (expiresSeconds === 'too-brief') return tooBrief(settings.minExpiresSeconds)
  const minGapMs = gapOf(event.params.get('max-rate'))
  const maxGapMs = gapOf(event.params.get('min-rate'))
  const adaptiveGapMs = gapOf(event.params.get('adaptive-min-rate'))
  if (minGapMs === null || maxGapMs === null || adaptiveGapMs === null) return badRate
  const supported = message.values(HeaderId.supported).map((value) => value.toLowerCase())
  const accept = acceptOf(message)
  return {
    event: event.name,
    eventId: owned(writtenId(message, event.params.get('id'))),
    expiresSeconds,
    accept,
    supportsLists: supported.includes('eventlist'),
    supportsPartial: prefersPartial(message),
    minGapMs,
    // A watcher that wants more than he bears gets what he bears (RFC 6446 §5.1, §6.1), or what we bear.
    maxGapMs: maxGapMs === 0 ? 0 : Math.max(maxGapMs, minGapMs, repeatGapMsMin),
    adaptiveGapMs: adaptiveGapMs === 0 ? 0 : Math.max(adaptiveGapMs, minGapMs, repeatGapMsMin),
    suppressIfMatch: owned(message.first(HeaderId.suppressIfMatch)?.trim()),
    message,
  }
}

function writtenId(message: SipMessage, id: string | null | undefined): string | null | undefined {
  const value = message.first(HeaderId.event) ?? ''
  return id && value.includes('"') ? parseParams(value, value.indexOf(';'), value.length, true)?.get('id') : id
}

function acceptOf(message: SipMessage): readonly string[] | null {
  if (!message.has(HeaderId.accept)) return null
  return message.values(HeaderId.accept).map((value) => ownText(value.split(';', 1)[0]!.trim().toLowerCase()))
}

/** RFC 6665 §3.1.3: one of these formats is acceptable. Where Accept is missing the package's usual one is. */
export function acceptsAny({ accept }: Pick<SubscribeRequest, 'accept'>, contentTypes: readonly string[]): boolean {
  if (accept === null) return true
  const ranges = contentTypes.flatMap((type) => [type, `${type.split('/', 1)[0]}/*`, '*/*'])
  return accept.some((range) => ranges.includes(range))
}

/** What outlives the request. */
function owned(text: string | null | undefined): string | null {
  return text == null ? null : ownText(text)
}

/** RFC 5263 §4.1: it reads partial presence, and does not say that it would rather have whole documents. */
function prefersPartial(message: SipMessage): boolean {
  const preferenceFor = (type: string): number => {
    const value = message.values(HeaderId.accept).find((each) => each.split(';', 1)[0]!.trim().toLowerCase() === type)
    if (value === undefined) return 0
    const [, q = '1'] = /;\s*q\s*=\s*([\d.]+)/i.exec(value) ?? []
    return Number(q)
  }
  const preference = preferenceFor('application/pidf-diff+xml')
  return preference > 0 && preference >= preferenceFor('application/pidf+xml')
}

/** RFC 6665 §4.2.1.1. */
export function tooBrief(minExpiresSeconds: number): Rejection {
  return rejection({
    status: 423,
    reason: 'Interval Too Brief',
    event: 'events.too-brief',
    headers: [['Min-Expires', String(minExpiresSeconds)]],
  })
}

/** A rate in NOTIFYs per second → milliseconds between two; 0 where none is given; null when malformed. */
function gapOf(value: string | null | undefined): number | null {
  if (value === undefined) return 0
  if (value === null || !rate.test(value) || Number(value) === 0) return null
  return Math.min(gapMsMax, Math.ceil(1000 / Number(value)))
}
