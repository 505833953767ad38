/**
 * Watchers and presentities on the wires of a `ServerWorld`: SUBSCRIBE, PUBLISH, and what came by NOTIFY.
 */
import type { BusMessage } from '../../src/ports/bus.ts'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import type { WireClient } from './wire-client.ts'

/** A presence document of this user, with a note to tell it by. */
export function pidf(user: string, note: string, basic = 'open'): string {
  return (
    `<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="pres:${user}@example.test">` +
    `<tuple id="a"><status><basic>${basic}</basic></status><note>${note}</note></tuple></presence>`
  )
}

export interface SubscribeParts {
  readonly event?: string
  readonly expires?: number
  readonly to?: string
  readonly callId?: string
  readonly headers?: readonly (readonly [string, string])[]
}

export function subscribe(watcher: WireClient, presentity: string, parts: SubscribeParts = {}): SipMessage {
  const { event = 'presence', expires = 600, to, callId = `watch-${presentity}`, headers = [] } = parts
  const branch = watcher.send('SUBSCRIBE', {
    uri: `sip:${presentity}@example.test`,
    callId,
    ...(to !== undefined && { to }),
    headers: [['Event', event], ['Expires', String(expires)], ['Contact', `<${watcher.contact}>`], ...headers],
  })
  return watcher.final(branch)
}

/** Whoever is watched does not say what may be seen, until `decide`. */
export function subscribeSlowly(watcher: WireClient, presentity: string): { branch: string; decide: () => void } {
  const { world } = watcher
  const verdicts: BusMessage[] = []
  world.loses = (message) => message.kind === 'verdicts' && verdicts.push(message) > 0
  const branch = watcher.send('SUBSCRIBE', {
    uri: `sip:${presentity}@example.test`,
    callId: 'slow',
    headers: [
      ['Event', 'presence'],
      ['Contact', `<${watcher.contact}>`],
    ],
  })
  world.loses = () => false
  const decide = (): void => {
    for (const message of verdicts) world.coreOf(watcher.name).shard.receive(message)
    world.settle()
  }
  return { branch, decide }
}

/** In the dialog that this answer made. */
export function refresh(watcher: WireClient, made: SipMessage, parts: SubscribeParts = {}): SipMessage {
  const { uri, tag } = made.to!
  return subscribe(watcher, uri.slice(4, uri.indexOf('@')), { ...parts, to: `<${uri}>;tag=${tag}` })
}

export function publish(
  user: WireClient,
  body: string | null,
  headers: readonly (readonly [string, string])[] = [],
): SipMessage {
  const branch = user.send('PUBLISH', {
    uri: user.aor,
    callId: `publish-${user.port}`,
    headers: [['Event', 'presence'], ...headers],
    ...(body !== null && { body, contentType: 'application/pidf+xml' }),
  })
  return user.final(branch)
}

export function entityTag(answer: SipMessage): string {
  return answer.first(HeaderId.sipEtag) ?? ''
}

/** State and note (or basic status) of each NOTIFY that came since, oldest first. */
export function told(watcher: WireClient): string[] {
  return watcher.requests('NOTIFY').map((notify) => {
    const state = (notify.first(HeaderId.subscriptionState) ?? '').replace(/;expires=\d+/, '')
    const said = noteOf(notify)
    return said === null ? state : `${state} ${said}`
  })
}

/** The note of a presence document, failing that its basic status; null where there is no document. */
export function noteOf({ body }: SipMessage): string | null {
  const text = body.toString()
  const said = /<note>(.*?)<\/note>/.exec(text) ?? /<basic>(.*?)<\/basic>/.exec(text)
  return said?.[1] ?? null
}
