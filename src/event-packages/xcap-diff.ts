/**
 * The event package `xcap-diff` (RFC 5875): which of the user's documents have changed, by their entity tags before and
 * after. What has changed in them is fetched by XCAP.
 */
import { type ChangedDocument, writeXcapDiff, xcapDiffContentType } from '../documents/index.ts'
import type { EventPackage, NotifyDocument, Refreshed, SubscribeRequest, SubscriptionHandle } from '../events/index.ts'
import type { Rejection, Unit } from '../shard/index.ts'
import { type Aor, aorDomain } from '../sip/uri/aor.ts'
import type { UserDocuments } from '../xcap/index.ts'
import {
  allDocuments,
  type DocumentSelection,
  keepSelection,
  keptSelection,
  readSelection,
  selects,
} from './document-selection.ts'
import { OwnSubscriptions, type PackageParts } from './own-subscriptions.ts'

interface Followed {
  readonly selection: DocumentSelection
  /** Entity tags by path, as the watcher knows them. */
  readonly told: ReadonlyMap<string, string>
}

export class XcapDiffPackage implements EventPackage {
  readonly name = 'xcap-diff'
  readonly contentTypes = [xcapDiffContentType]
  /** RFC 5875 §4.5 leaves it to the server: it is for as long as somebody is signed in. */
  readonly defaultExpiresSeconds = 3_600
  readonly rfcs = ['5874', '5875']

  readonly #documents: Pick<UserDocuments, 'list'>
  readonly #root: string
  readonly #subscriptions: OwnSubscriptions

  /** `root`: path of XCAP on the web listener. */
  constructor(parts: PackageParts, documents: Pick<UserDocuments, 'list' | 'onChange'>, root: string) {
    this.#documents = documents
    this.#root = root
    this.#subscriptions = new OwnSubscriptions(parts)
    documents.onChange((_, { aor }) => this.#subscriptions.changed(aor))
  }

  admit(subscription: SubscriptionHandle, { message }: SubscribeRequest): Rejection | 'active' {
    const admission = this.#subscriptions.admit(subscription)
    if (admission !== 'active') return admission
    const selection = readSelection(message, (aor) => this.#subscriptions.isOwn(subscription.watcher, aor))
    if (selection && 'status' in selection) return this.#subscriptions.refused(selection)
    subscription.data = follow(selection ?? allDocuments)
    return 'active'
  }

  begin(unit: Unit, subscription: SubscriptionHandle): void {
    const { data } = subscription
    // Read again after a start; nothing is kept of a selection that holds nothing.
    if (data === null || data instanceof Uint8Array) subscription.data = follow(keptSelection(data ?? noBytes))
    this.#subscriptions.add(unit, subscription)
  }

  end(subscription: SubscriptionHandle): void {
    this.#subscriptions.remove(subscription)
  }

  /** Without a body it is as it was (RFC 5875 §4.4). */
  refresh(unit: Unit, subscription: SubscriptionHandle, { message }: SubscribeRequest): Rejection | Refreshed | null {
    const selection = readSelection(message, (aor) => this.#subscriptions.isOwn(subscription.watcher, aor))
    if (selection === null) return null
    if ('status' in selection) return this.#subscriptions.refused(selection)
    unit.change(() => {
      subscription.data = follow(selection)
    })
    return { keptBody: keepSelection(selection) }
  }

  keptBody({ data }: SubscriptionHandle): Uint8Array {
    return keepSelection((data as Followed).selection)
  }

  document(subscription: SubscriptionHandle, want: 'full' | 'changes'): NotifyDocument | null {
    const { watcher } = subscription
    const { selection, told } = subscription.data as Followed
    const now = this.#tagsOf(watcher, selection)
    const documents = differences(want === 'full' ? new Map() : told, now)
    if (want === 'changes' && documents.length === 0) return null
    subscription.data = { selection, told: now }
    const xcapRoot = `https://${aorDomain(watcher)}${this.#root}/`
    const body = writeXcapDiff({ xcapRoot, documents, nodes: [] })
    return { contentType: xcapDiffContentType, body, entityTag: null }
  }

  #tagsOf(aor: Aor, selection: DocumentSelection): ReadonlyMap<string, string> {
    const selected = this.#documents.list(aor).filter((document) => selects(selection, document))
    return new Map(selected.map(({ auid, name, etag }) => [`${auid}/users/${aor}/${encodeURIComponent(name)}`, etag]))
  }
}

const noBytes = new Uint8Array(0)

function follow(selection: DocumentSelection): Followed {
  return { selection, told: new Map() }
}

function differences(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): ChangedDocument[] {
  const paths = [...new Set([...before.keys(), ...now.keys()])].sort()
  return paths
    .map((path) => ({ path, previousEtag: before.get(path) ?? null, newEtag: now.get(path) ?? null }))
    .filter(({ previousEtag, newEtag }) => previousEtag !== newEtag)
}
