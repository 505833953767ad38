/**
 * Edits the text of a contact list: collects what is to change and changes it at once, so that a thousand contacts cost
 * one reading. What it is told to do is `contacts.ts`'s.
 */
import {
  contactFlagsNamespace,
  displayNameOf,
  entriesOf,
  flagsAttribute,
  flagsOf,
  type PlacedEntry,
} from './contact-entries.ts'
import { attribute, childrenNamed, encodeText, isEmptyTag, type MarkupElement } from './markup.ts'
import { resourceListsNamespace, sameUri } from './usages/resource-lists.ts'

/** Where a contact goes that nobody has put into a group. */
export const groupOfAll = 'contacts'

/** What null stands for stays as it is. */
export interface ContactChange {
  readonly uri: string
  readonly displayName: string | null
  /** In which it is to be as well; a contact that is nowhere goes into `groupOfAll`. */
  readonly groups: readonly string[]
  readonly flags: readonly string[] | null
}

interface Splice {
  readonly start: number
  readonly end: number
  readonly text: string
}

export class ContactsEditor {
  readonly #text: string
  readonly #root: MarkupElement
  readonly #byUri = new Map<string, PlacedEntry[]>()
  readonly #lists = new Map<string, MarkupElement>()
  readonly #splices: Splice[] = []
  /** New entries by group, also of groups that are to be made. */
  readonly #added = new Map<string, ContactChange[]>()

  constructor(text: string, root: MarkupElement) {
    this.#text = text
    this.#root = root
    for (const placed of entriesOf(root)) {
      const key = sameUri(attribute(placed.element, 'uri') ?? '')
      this.#byUri.set(key, [...(this.#byUri.get(key) ?? []), placed])
    }
    this.#findLists(root, [])
  }

  put(change: ContactChange): void {
    const placed = this.#byUri.get(sameUri(change.uri)) ?? []
    const known = placed[0]?.element
    const whole: ContactChange = {
      ...change,
      displayName: change.displayName ?? (known ? displayNameOf(known) : ''),
      flags: change.flags ?? [...new Set(placed.flatMap(({ element }) => flagsOf(element)))],
    }
    for (const { element } of placed) this.#change(element, change)
    const groups = placed.length === 0 && change.groups.length === 0 ? [groupOfAll] : change.groups
    for (const group of groups) {
      if (placed.some((each) => each.group === group)) continue
      this.#added.set(group, [...(this.#added.get(group) ?? []), whole])
    }
  }

  remove(uri: string, groups: readonly string[] | null): boolean {
    const gone = (this.#byUri.get(sameUri(uri)) ?? []).filter(({ group }) => groups?.includes(group) ?? true)
    for (const { element } of gone) {
      // With the line that it stood on, if it had one of its own.
      const before = this.#text.slice(0, element.start)
      const start = /\n[ \t]*$/.test(before) ? before.trimEnd().length : element.start
      this.#splices.push({ start, end: element.end, text: '' })
    }
    return gone.length > 0
  }

  text(): string {
    let newLists = ''
    for (const [group, entries] of this.#added) {
      const list = this.#lists.get(group)
      if (list) this.#append(list, entries.map((each) => `\n    ${entryText(list, each)}`).join(''), '\n  ')
      else newLists += this.#listText(group, entries)
    }
    if (newLists !== '') this.#append(this.#root, newLists, '\n')
    return this.#splices.toSorted((a, b) => b.start - a.start).reduce(applySplice, this.#text)
  }

  #findLists(parent: MarkupElement, path: readonly string[]): void {
    for (const list of childrenNamed(parent, resourceListsNamespace, 'list')) {
      const name = [...path, attribute(list, 'name') ?? '']
      if (!this.#lists.has(name.join('/'))) this.#lists.set(name.join('/'), list)
      this.#findLists(list, name)
    }
  }

  /** Behind the last child; `closing` stands before an end tag that was none before. */
  #append(parent: MarkupElement, content: string, closing: string): void {
    if (isEmptyTag(parent)) {
      const at = parent.tagEnd
      this.#splices.push({ start: at - 2, end: at, text: `>${content}${closing}</${parent.name}>` })
      return
    }
    const at = parent.tagEnd + this.#text.slice(parent.tagEnd, parent.contentEnd).trimEnd().length
    this.#splices.push({ start: at, end: at, text: content })
  }

  #listText(group: string, entries: readonly ContactChange[]): string {
    const name = sibling(this.#root, 'list')
    const content = entries.map((each) => `\n    ${entryText(this.#root, each)}`).join('')
    return `\n  <${name} name="${encodeText(group)}">${content}\n  </${name}>`
  }

  /** Writes the entry anew with all that it had, where its name or its flags change. */
  #change(element: MarkupElement, { displayName, flags }: ContactChange): void {
    const isNamed = displayName === null || displayName === displayNameOf(element)
    const isFlagged = flags === null || flags.join(' ') === flagsOf(element).join(' ')
    if (isNamed && isFlagged) return
    const tag = isFlagged ? this.#tag(element) : this.#tagWithFlags(element, flags)
    const content = isNamed
      ? this.#text.slice(element.tagEnd, element.contentEnd)
      : this.#contentWithName(element, displayName)
    this.#splices.push({ start: element.start, end: element.end, text: elementText(element.name, tag, content) })
  }

  /** Name and attributes as they stand. */
  #tag(element: MarkupElement): string {
    return this.#text.slice(element.start + 1, element.tagEnd - (isEmptyTag(element) ? 2 : 1)).trimEnd()
  }

  #tagWithFlags(element: MarkupElement, flags: readonly string[]): string {
    const tag = this.#tag(element)
    const former = flagsAttribute(element)
    const offset = element.start + 1
    const rest = former ? tag.slice(0, former.start - offset).trimEnd() + tag.slice(former.end - offset) : tag
    return rest + flagsText(element, flags)
  }

  #contentWithName(element: MarkupElement, displayName: string): string {
    const former = childrenNamed(element, resourceListsNamespace, 'display-name')[0]
    const content = this.#text.slice(element.tagEnd, element.contentEnd)
    const rest = former
      ? this.#text.slice(element.tagEnd, former.start) + this.#text.slice(former.end, element.contentEnd)
      : content
    return nameText(element, displayName) + rest
  }
}

function applySplice(text: string, { start, end, text: replacement }: Splice): string {
  return text.slice(0, start) + replacement + text.slice(end)
}

/** An element of the same namespace is written with the same prefix. */
function sibling(element: MarkupElement, local: string): string {
  const colon = element.name.indexOf(':')
  return colon < 0 ? local : `${element.name.slice(0, colon + 1)}${local}`
}

function entryText(parent: MarkupElement, { uri, displayName, flags }: ContactChange): string {
  const name = sibling(parent, 'entry')
  const tag = `${name} uri="${encodeText(uri)}"${flagsText(parent, flags ?? [])}`
  return elementText(name, tag, nameText(parent, displayName ?? ''))
}

function elementText(name: string, tag: string, content: string): string {
  return content === '' ? `<${tag}/>` : `<${tag}>${content}</${name}>`
}

function nameText(parent: MarkupElement, displayName: string): string {
  const name = sibling(parent, 'display-name')
  return displayName === '' ? '' : `<${name}>${encodeText(displayName)}</${name}>`
}

function flagsText(place: MarkupElement, flags: readonly string[]): string {
  if (flags.length === 0) return ''
  const bound = [...place.namespaces].find(([prefix, ns]) => prefix !== '' && ns === contactFlagsNamespace)
  const value = encodeText(flags.join(' '))
  return bound ? ` ${bound[0]}:flags="${value}"` : ` xmlns:cf="${contactFlagsNamespace}" cf:flags="${value}"`
}
