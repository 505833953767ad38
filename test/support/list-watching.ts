/**
 * Watchers of lists on the wires of a `ServerWorld`: a folder of RLMI as a client keeps it (RFC 4662 §5.6), and lists
 * that go with a SUBSCRIBE.
 */
import { type ListedResource, parseList, type ResourceListState } from '../../src/documents/index.ts'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import { noteOf, type SubscribeParts } from './watching.ts'
import type { WireClient } from './wire-client.ts'
import { lists } from './xcap-documents.ts'

export const readsLists = [
  ['Supported', 'eventlist'],
  ['Accept', 'application/pidf+xml, application/rlmi+xml, multipart/related'],
] as const

export function rlmiOf(notify: SipMessage): ResourceListState {
  const parsed = parseList(notify.first(HeaderId.contentType) ?? '', notify.body)
  if (!parsed.ok) throw new Error(`${parsed.fault} in ${notify.body}`)
  return parsed.list
}

/** `active note`, `pending`, `terminated rejected`, `?` where nothing is known. */
export function stateOf({ instances: [instance] }: ListedResource): string {
  if (!instance) return '?'
  const { state, reason, body } = instance
  const note = body && noteOf({ body: Buffer.from(body.bytes) } as SipMessage)
  return [state, reason, note].filter((each) => each !== null).join(' ')
}

/** What a NOTIFY says: `full` or `partial`, its version, and each resource by the user part of its address. */
export function saidOf(notify: SipMessage): string {
  const { version, isFull, resources } = rlmiOf(notify)
  const told = resources.map((each) => `${userOf(each.uri)}: ${stateOf(each)}`)
  return [`${isFull ? 'full' : 'partial'} ${version}`, ...told].join(', ')
}

function userOf(uri: string): string {
  return uri.replace(/^sip:(.*)@example\.test$/, '$1')
}

/** All that came, taken out of the inbox. */
export function saidNext(watcher: WireClient): string[] {
  return watcher.requests('NOTIFY').map((notify) => {
    watcher.inbox.splice(watcher.inbox.indexOf(notify), 1)
    return notify.body.length === 0 ? (notify.first(HeaderId.subscriptionState) ?? '') : saidOf(notify)
  })
}

/** Folds NOTIFYs as RFC 4662 §5.6 says; a gap in the versions is a defect of the server. */
export class ListReader {
  readonly states = new Map<string, string>()
  readonly names = new Map<string, string>()
  #version = -1

  read(notify: SipMessage): void {
    const { version, isFull, resources } = rlmiOf(notify)
    if (isFull) {
      if (version <= this.#version) throw new Error(`version ${version} after ${this.#version}`)
      this.states.clear()
      this.names.clear()
    } else if (version !== this.#version + 1) throw new Error(`version ${version} after ${this.#version}`)
    this.#version = version
    for (const resource of resources) {
      this.states.set(resource.uri, stateOf(resource))
      this.names.set(resource.uri, resource.names[0]?.text ?? '')
    }
  }
}

export function listBody(...entries: readonly (string | readonly [string, string])[]): string {
  const listed = entries.map((entry) => {
    const [uri, name] = typeof entry === 'string' ? [entry, null] : entry
    return `<entry uri="${uri}">${name === null ? '' : `<display-name>${name}</display-name>`}</entry>`
  })
  return lists(`<list>${listed.join('')}</list>`)
}

/** A SUBSCRIBE that brings its list along (RFC 5367 §3). */
export function subscribeTo(watcher: WireClient, body: string, parts: SubscribeParts & { type?: string } = {}) {
  const { to, callId = 'contained', expires = 600, headers = readsLists, event = 'presence' } = parts
  const branch = watcher.send('SUBSCRIBE', {
    uri: 'sip:example.test',
    callId,
    ...(to !== undefined && { to }),
    headers: [
      ['Event', event],
      ['Expires', String(expires)],
      ['Contact', `<${watcher.contact}>`],
      ['Require', 'recipient-list-subscribe'],
      ['Content-Disposition', 'recipient-list'],
      ...headers,
    ],
    ...(body !== '' && { body, contentType: parts.type ?? 'application/resource-lists+xml' }),
  })
  return watcher.final(branch)
}
