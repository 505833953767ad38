/**
 * Addresses that stand for a list (RFC 4662, RFC 4826 §4), and who is on it now: services of the user's rls-services
 * documents, and without any document the whole contact list as `sip:alice+contacts@example.test`. A list is its
 * owner's alone, so it is found at the owner's shard. Who subscribes to it is not this file's matter.
 */
import { type Aor, aorDomain, aorUser, parseAor } from '../sip/uri/aor.ts'
import { contactsDocument } from './contacts.ts'
import { groupOfAll } from './contacts-editor.ts'
import type { DocumentListener, Documents } from './documents.ts'
import { attribute, childrenNamed, type MarkupElement } from './markup.ts'
import { parseNodeSelector, selectElement } from './node-selector.ts'
import { parseTarget } from './request-target.ts'
import { usageOf } from './usages/all.ts'
import { resourceLists, resourceListsNamespace, sameUri } from './usages/resource-lists.ts'
import { rlsServices, rlsServicesNamespace } from './usages/rls-services.ts'

export interface ListMember {
  readonly uri: string
  /** Empty where the list gives none. */
  readonly displayName: string
}

export interface ListService {
  /** Event packages for which it may be subscribed to; empty: all. */
  readonly packages: readonly string[]
  /** Each address once, in the order of the list. */
  readonly members: readonly ListMember[]
  /** References that lead nowhere, or to another server. */
  readonly unresolvedCount: number
}

export interface Lists {
  /** The list that this address stands for, to its owner; null: it stands for none. */
  find(owner: Aor, uri: string): ListService | null
  /** Told when any list of a user may have changed; see `DocumentListener`. */
  listen(listener: DocumentListener): void
}

/** More than any client shows; references could multiply what a document holds. */
export const membersMax = 4_000
/** References from list to list. */
const referencesMax = 64

export class ListServices implements Lists {
  readonly #documents: Documents
  readonly #root: string

  /** `root`: of XCAP, to know our own URIs by. */
  constructor(documents: Documents, root: string) {
    this.#documents = documents
    this.#root = root
  }

  listen(listener: DocumentListener): void {
    for (const { auid } of [resourceLists, rlsServices]) this.#documents.listen(auid, listener)
  }

  find(owner: Aor, uri: string): ListService | null {
    const wanted = parseAor(uri)
    if (wanted === null) return null
    return this.#ownService(owner, wanted) ?? (wanted === contactsService(owner) ? this.#contacts(owner) : null)
  }

  #ownService(owner: Aor, wanted: Aor): ListService | null {
    for (const { auid, name } of this.#documents.list(owner)) {
      if (auid !== rlsServices.auid) continue
      const root = this.#markup(owner, auid, name)
      const services = root ? childrenNamed(root, rlsServicesNamespace, 'service') : []
      const service = services.find((each) => sameUri(attribute(each, 'uri') ?? '') === wanted)
      if (service) return this.#service(owner, service)
    }
    return null
  }

  #service(owner: Aor, service: MarkupElement): ListService {
    const packages = childrenNamed(service, rlsServicesNamespace, 'packages')
      .flatMap((each) => childrenNamed(each, rlsServicesNamespace, 'package'))
      .map((each) => each.text.trim())
    const walk = new MemberWalk((reference) => this.#resolve(owner, reference))
    for (const list of childrenNamed(service, rlsServicesNamespace, 'list')) walk.list(list)
    for (const { text } of childrenNamed(service, rlsServicesNamespace, 'resource-list')) walk.reference(text.trim())
    return { packages, ...walk.found }
  }

  #contacts(owner: Aor): ListService {
    const walk = new MemberWalk((reference) => this.#resolve(owner, reference))
    const root = this.#markup(owner, contactsDocument.auid, contactsDocument.name)
    if (root) walk.list(root)
    return { packages: [], ...walk.found }
  }

  /** A list or entry of the same user, named by an XCAP URI, whole or from the root on (RFC 4826 §3.1). */
  #resolve(owner: Aor, reference: string): MarkupElement | null {
    const path = reference.replace(/^https?:\/\/[^/?#]*/i, '')
    const absolute = path.startsWith('/') ? path : `${this.#root}/${path}`
    const [beforeQuery = '', query = ''] = absolute.split('?', 2)
    if (!beforeQuery.startsWith(`${this.#root}/`)) return null
    const parsed = parseTarget(this.#root, beforeQuery, query)
    if (!parsed.ok || parsed.target.owner !== owner) return null
    const { auid, document, node, prefixes } = parsed.target
    const usage = usageOf(auid)
    const root = usage && this.#markup(owner, usage.auid, document.join('/'))
    if (!root || node === null) return root
    const selector = parseNodeSelector(node, { unprefixed: usage.defaultNamespace, prefixes })
    return selector.ok ? selectElement(root, selector.selector.steps) : null
  }

  #markup(owner: Aor, auid: string, name: string): MarkupElement | null {
    const record = this.#documents.record(owner, auid, name)
    return (record && this.#documents.markup(record)?.root) ?? null
  }
}

/** `sip:alice+contacts@example.test`: everybody on the contact list. */
export function contactsService(owner: Aor): string {
  return `sip:${aorUser(owner)}+${groupOfAll}@${aorDomain(owner)}`
}

/** Collects the members of lists, of lists within them, and of what they refer to; never the same list twice. */
class MemberWalk {
  readonly #resolve: (reference: string) => MarkupElement | null
  readonly #members = new Map<string, ListMember>()
  readonly #seen = new Set<MarkupElement>()
  #referencesCount = 0
  #unresolvedCount = 0

  constructor(resolve: (reference: string) => MarkupElement | null) {
    this.#resolve = resolve
  }

  get found(): Pick<ListService, 'members' | 'unresolvedCount'> {
    return { members: [...this.#members.values()], unresolvedCount: this.#unresolvedCount }
  }

  /** Or the root of a document. */
  list(list: MarkupElement): void {
    if (this.#seen.has(list)) return
    this.#seen.add(list)
    for (const child of list.children) {
      if (child.ns !== resourceListsNamespace) continue
      if (child.local === 'list') this.list(child)
      else if (child.local === 'entry') this.#entry(child)
      else if (child.local === 'entry-ref') this.reference(attribute(child, 'ref') ?? '')
      else if (child.local === 'external') this.reference(attribute(child, 'anchor') ?? '')
    }
  }

  reference(reference: string): void {
    const element = ++this.#referencesCount > referencesMax ? null : this.#resolve(reference)
    if (!element) this.#unresolvedCount++
    else if (element.local === 'entry') this.#entry(element)
    else this.list(element)
  }

  #entry(entry: MarkupElement): void {
    const uri = attribute(entry, 'uri') ?? ''
    const key = sameUri(uri)
    if (this.#members.has(key) || this.#members.size >= membersMax) return
    const displayName = childrenNamed(entry, resourceListsNamespace, 'display-name')[0]?.text.trim() ?? ''
    this.#members.set(key, { uri: key, displayName })
  }
}
