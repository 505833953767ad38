/**
 * What RFC 4825 §8.2 asks of every change, held against documents and selectors made at random: GET(PUT(x)) is x, PUT
 * and DELETE are idempotent, and what they do not name stays as it is.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deleteNode, putNode } from '../../src/xcap/change-node.ts'
import { putContacts, readContacts } from '../../src/xcap/contacts.ts'
import type { ContactChange } from '../../src/xcap/contacts-editor.ts'
import { bytesOf, checkElement, readDocument } from '../../src/xcap/fragment.ts'
import { encodeText, type MarkupElement, readMarkup } from '../../src/xcap/markup.ts'
import { parseNodeSelector, selectElement } from '../../src/xcap/node-selector.ts'
import { parseTarget } from '../../src/xcap/request-target.ts'
import { sameUri } from '../../src/xcap/usages/resource-lists.ts'

const ns = 'urn:ietf:params:xml:ns:resource-lists'
const namespaces = { unprefixed: ns, prefixes: new Map([['o', 'urn:o']]) }
const blanks = fc.constantFrom('', ' ', '\n  ', '<!-- <entry/> -->', '<?p <x?>', '<![CDATA[<list>]]>')
const value = fc.constantFrom('a', 'b', 'a/b', '&quot;&lt;', 'x&#10;y', 'é&amp;', "'")

interface Node {
  readonly name: string
  readonly id: string | null
  readonly quote: '"' | "'"
  readonly before: string
  readonly isShort: boolean
  readonly children: readonly Node[]
}

const { node } = fc.letrec<{ node: Node }>((tie) => ({
  node: fc.record({
    name: fc.constantFrom('list', 'entry', 'o:thing'),
    id: fc.option(value),
    quote: fc.constantFrom('"' as const, "'" as const),
    before: blanks,
    isShort: fc.boolean(),
    children: fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('node'), { maxLength: 4 })),
  }),
}))

function written({ name, id, quote, before, isShort, children }: Node): string {
  const safe = quote === "'" ? id?.replaceAll("'", '&apos;') : id
  const tag = name + (id === null ? '' : ` name = ${quote}${safe}${quote}`)
  return (
    before + (children.length === 0 && isShort ? `<${tag} />` : `<${tag}>${children.map(written).join('')}</${name}\n>`)
  )
}

const document = fc
  .array(node, { maxLength: 5 })
  .map(
    (nodes) =>
      `<!-- top --><l:root xmlns:l="${ns}" xmlns="${ns}" xmlns:o='urn:o'>${nodes.map(written).join('')} </l:root>\n`,
  )

function read(text: string) {
  const found = readDocument(bytesOf(text))
  if (!found.ok) throw new Error(found.conflict.phrase)
  return found
}

function all(element: MarkupElement): MarkupElement[] {
  return [element, ...element.children.flatMap(all)]
}

/** A selector of this element by positions, or where it has a name by that. */
function selectorOf(element: MarkupElement, byName: boolean): string {
  if (!element.parent) return '*'
  const siblings = element.parent.children.filter(
    ({ ns: other, local }) => other === element.ns && local === element.local,
  )
  const name = element.ns === ns ? element.local : `o:${element.local}`
  const id = element.attributes[0]?.value
  const predicate = byName && id !== undefined ? `[@name="${encodeText(id)}"]` : `[${siblings.indexOf(element) + 1}]`
  return `${selectorOf(element.parent, byName)}/${name}${predicate}`
}

function parse(text: string) {
  const parsed = parseNodeSelector(text, namespaces)
  if (!parsed.ok) throw new Error(parsed.message)
  return parsed.selector
}

test('RFC 4825 §8.2.3: what was put is what is got, again and again, and all else stays', () => {
  fc.assert(
    fc.property(document, node, fc.nat(), fc.boolean(), (text, fresh, pick, byName) => {
      const before = read(text)
      const elements = all(before.root)
      const target = elements[pick % elements.length]!
      const selector = parse(selectorOf(target, byName))
      const body = written({ ...fresh, before: '' })
      const put = putNode(before, selector, bytesOf(body), () => '')
      if (!put.ok) return
      const got = selectElement(put.root, selector.steps)!
      expect(put.text.slice(got.start, got.end)).toBe(body)
      expect(putNode(put, selector, bytesOf(body), () => '')).toMatchObject({ ok: true, text: put.text, isNew: false })
      const replaced = selectElement(before.root, selector.steps)
      if (replaced) {
        expect(put.text).toBe(text.slice(0, replaced.start) + body + text.slice(replaced.end))
      }
    }),
  )
})

test('RFC 4825 §8.2.3: an element that is inserted is found, and taking it out gives the document of before', () => {
  fc.assert(
    fc.property(document, fc.nat(), fc.option(fc.integer({ min: 1, max: 4 })), (text, pick, position) => {
      const before = read(text)
      const parents = all(before.root).filter((each) => each.end > each.tagEnd)
      const parent = parents[pick % parents.length]!
      const place = `list${position === null ? '' : `[${position}]`}[@name="new"]`
      const selector = parse(`${selectorOf(parent, false)}/${place}`)
      const put = putNode(before, selector, bytesOf('<list name="new"/>'), () => '')
      if (!put.ok) {
        const count = parent.children.filter(({ ns: other, local }) => other === ns && local === 'list').length
        expect([put.conflict?.kind, position !== null && position > count + 1]).toEqual(['cannot-insert', true])
        return
      }
      expect(put.isNew).toBe(true)
      expect(deleteNode(put, selector)).toMatchObject({ ok: true, text })
    }),
  )
})

test('RFC 4825 §8.2.4: an attribute that was put is got, whatever its value', () => {
  const name = fc.oneof(value, fc.string().map(encodeText))
  fc.assert(
    fc.property(document, fc.nat(), name, (text, pick, content) => {
      const before = read(text)
      const elements = all(before.root)
      const selector = parse(`${selectorOf(elements[pick % elements.length]!, false)}/@note`)
      const put = putNode(before, selector, bytesOf(content), () => '')
      if (!put.ok) return expect(put.conflict?.kind).toBe('not-xml-att-value')
      const got = selectElement(put.root, selector.steps)!.attributes.find(({ local }) => local === 'note')!
      expect(put.text.slice(got.valueStart, got.end - 1)).toBe(
        content.includes("'") ? content.replaceAll('"', '&quot;') : content,
      )
      expect(deleteNode(put, selector)).toMatchObject({ ok: true })
    }),
  )
})

test('RFC 4825 §8.2.5: what was deleted is gone, or nothing was deleted', () => {
  fc.assert(
    fc.property(document, fc.nat(), fc.boolean(), (text, pick, byName) => {
      const before = read(text)
      const elements = all(before.root)
      const selector = parse(selectorOf(elements[pick % elements.length]!, byName))
      const deleted = deleteNode(before, selector)
      if (!deleted.ok) return
      expect(selectElement(deleted.root, selector.steps)).toBeNull()
      const gone = selectElement(before.root, selector.steps)!
      expect(deleted.text).toBe(text.slice(0, gone.start) + text.slice(gone.end))
    }),
  )
})

test('no path, selector or fragment throws', () => {
  const piece = fc.constantFrom(
    '/',
    '~~',
    '..',
    '%',
    '%2e',
    '%2F',
    '[',
    ']',
    '@',
    '"',
    "'",
    '=',
    '*',
    ':',
    'list',
    '1',
    'xmlns(',
    ')',
    '\0',
    '<',
    '>',
    '</',
    '/>',
    '<![CDATA[',
    '<!--',
    '&',
    ';',
    'sip:a@b',
  )
  const text = fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.string(),
  )
  fc.assert(
    fc.property(text, text, (path, query) => {
      parseTarget('/xcap-root', `/xcap-root/${path}`, query)
      parseNodeSelector(path, namespaces)
      const checked = checkElement(bytesOf(path), readMarkup(`<a xmlns="urn:a"/>`))
      if (checked.ok) expect(read(`<a>${checked.text}</a>`).root.children.length).toBe(1)
    }),
    { numRuns: 1_000 },
  )
})

test('contacts that were put are read, whatever was in the document before', () => {
  const uri = fc.constantFrom('sip:a@example.test', 'sip:b@example.test', 'SIP:A@example.test', 'tel:+1')
  const group = fc.constantFrom('Work', 'a/b', '"<&', 'contacts')
  const change: fc.Arbitrary<ContactChange> = fc.record({
    uri,
    displayName: fc.option(fc.constantFrom('', 'A & <B>', 'é "x"')),
    groups: fc.uniqueArray(group, { maxLength: 2 }),
    flags: fc.option(fc.uniqueArray(fc.constantFrom('favourite', 'x'), { maxLength: 2 })),
  })
  fc.assert(
    fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 4 }), (rounds) => {
      let bytes: Uint8Array | null = null
      for (const changes of rounds) {
        const put = putContacts(bytes, changes)
        if (!put.ok) throw new Error(put.message)
        bytes = put.bytes
        const contacts = readContacts(bytes)!
        const last = changes.at(-1)!
        const found = contacts.find((each) => sameUri(each.uri) === sameUri(last.uri))!
        expect(found.groups).toEqual(expect.arrayContaining([...last.groups]))
        expect(found.groups.length).toBeGreaterThan(0)
        if (last.displayName !== null) expect(found.displayName).toBe(last.displayName)
        if (last.flags !== null) expect(found.flags).toEqual(last.flags)
        expect(putContacts(bytes, changes.slice(-1))).toMatchObject({ ok: true, bytes })
      }
    }),
  )
})
