/**
 * Who watches somebody (RFC 3857, RFC 3858): watchers with the state of their subscriptions, whole or only what has
 * changed.
 */
import { Buffer } from 'node:buffer'
import { attributeOf, elementsOf, textOf, writeXml, type XmlElement, xmlElement } from '../xml/index.ts'
import { watcherInfoNamespace } from './namespaces.ts'
import {
  attributesOf,
  numberAttribute,
  type Parsed,
  parseAs,
  requiredAttribute,
  requiredNumber,
  wordAttribute,
} from './parsed.ts'

export interface WatcherInfo {
  /** 0 in the first document of a subscription, then one more each time (RFC 3858 §4.1). */
  readonly version: number
  /** `partial`: lists and watchers that are not named stay as they were. */
  readonly state: 'full' | 'partial'
  readonly lists: readonly WatcherList[]
}

export interface WatcherList {
  /** Who is watched. */
  readonly resource: string
  /** Event package, without `.winfo`. */
  readonly package: string
  readonly watchers: readonly Watcher[]
}

/** RFC 3857 §4.7.1. */
export const watcherStatuses = ['pending', 'active', 'waiting', 'terminated'] as const
export const watcherEvents = [
  'subscribe',
  'approved',
  'deactivated',
  'probation',
  'rejected',
  'timeout',
  'giveup',
  'noresource',
] as const

export interface Watcher {
  readonly uri: string
  /** The same for one subscription in all documents. */
  readonly id: string
  readonly status: (typeof watcherStatuses)[number]
  /** What has led to this status. */
  readonly event: (typeof watcherEvents)[number]
  readonly displayName: string | null
  readonly expiresSeconds: number | null
  readonly subscribedSeconds: number | null
}

export const watcherInfoContentType = 'application/watcherinfo+xml'

export function writeWatcherInfo({ version, state, lists }: WatcherInfo): Uint8Array {
  const children = lists.map((list) => {
    const attributes = { resource: list.resource, package: list.package }
    return xmlElement(watcherInfoNamespace, 'watcher-list', attributes, list.watchers.map(watcherElement))
  })
  return Buffer.from(
    writeXml(xmlElement(watcherInfoNamespace, 'watcherinfo', attributesOf({ version, state }), children)),
  )
}

function watcherElement(watcher: Watcher): XmlElement {
  const attributes = attributesOf({
    id: watcher.id,
    status: watcher.status,
    event: watcher.event,
    'display-name': watcher.displayName,
    expiration: watcher.expiresSeconds,
    'duration-subscribed': watcher.subscribedSeconds,
  })
  return xmlElement(watcherInfoNamespace, 'watcher', attributes, [watcher.uri])
}

export function parseWatcherInfo(bytes: Uint8Array): Parsed<WatcherInfo> {
  return parseAs(bytes, watcherInfoNamespace, 'watcherinfo', (root) => ({
    version: requiredNumber(root, 'version'),
    state: wordAttribute(root, 'state', ['full', 'partial']),
    lists: elementsOf(root, watcherInfoNamespace, 'watcher-list').map((list) => ({
      resource: requiredAttribute(list, 'resource'),
      package: requiredAttribute(list, 'package'),
      watchers: elementsOf(list, watcherInfoNamespace, 'watcher').map(readWatcher),
    })),
  }))
}

function readWatcher(element: XmlElement): Watcher {
  return {
    uri: textOf(element),
    id: requiredAttribute(element, 'id'),
    status: wordAttribute(element, 'status', watcherStatuses),
    event: wordAttribute(element, 'event', watcherEvents),
    displayName: attributeOf(element, 'display-name'),
    expiresSeconds: numberAttribute(element, 'expiration'),
    subscribedSeconds: numberAttribute(element, 'duration-subscribed'),
  }
}
