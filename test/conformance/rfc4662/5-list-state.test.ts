/**
 * RFC 4662 §5: state of a list as RLMI with the states of its resources beside it, and reading it as a client does.
 */
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { parseList, parseMultipart, type ResourceListState, writeList } from '../../../src/documents/index.ts'

const pidf = (text: string) => ({ contentType: 'application/pidf+xml', bytes: Buffer.from(text) })

const list: ResourceListState = {
  uri: 'sip:adam-friends@example.test',
  version: 1,
  isFull: true,
  names: [{ language: 'en', text: 'Buddy List at COM' }],
  resources: [
    {
      uri: 'sip:bob@example.test',
      names: [{ language: null, text: 'Bob & "Bobby"' }],
      instances: [{ id: 'juwigmtboe', state: 'active', reason: null, body: pidf('<presence/>') }],
    },
    {
      uri: 'sip:dave@example.test',
      names: [],
      instances: [{ id: 'hqzsuxtfyq', state: 'terminated', reason: 'rejected', body: null }],
    },
    { uri: 'sip:ed@example.test', names: [], instances: [{ id: 'x', state: 'pending', reason: null, body: null }] },
    { uri: 'sip:nobody@example.test', names: [], instances: [] },
  ],
}

const names = { token: 'T7x', domain: 'pres.example.test' }

function textOf(state: ResourceListState): string {
  return Buffer.from(writeList(state, names).bytes).toString()
}

function read(state: ResourceListState) {
  const { contentType, bytes } = writeList(state, names)
  return parseList(contentType, bytes)
}

describe('RFC 4662 list state', () => {
  it('§5.1: is multipart/related with RLMI as its root', () => {
    const { contentType } = writeList(list, names)
    expect(contentType).toBe(
      'multipart/related;type="application/rlmi+xml";start="<T7x@pres.example.test>";boundary=T7x',
    )
    expect(textOf(list)).toContain('Content-Type: application/rlmi+xml;charset="UTF-8"\r\n')
    expect(textOf(list).endsWith('\r\n--T7x--\r\n')).toBe(true)
  })

  it('§5.1: is read as it was written', () => {
    const result = read(list)
    expect(result).toMatchObject({ ok: true, list: { ...list, resources: list.resources.map(withoutBody) } })
    const [bob] = result.ok ? result.list.resources : []
    expect(Buffer.from(bob!.instances[0]!.body!.bytes).toString()).toBe('<presence/>')
  })

  it('§5.2: counts versions, and says whether it is the whole list', () => {
    expect(textOf(list)).toContain('version="1" fullState="true"')
    expect(textOf({ ...list, version: 2, isFull: false })).toContain('version="2" fullState="false"')
  })

  it('§5.4: an instance has a state, a reason only when it has ended, and the content id of its part', () => {
    expect(textOf(list)).toContain('<instance id="juwigmtboe" state="active" cid="T7x.1@pres.example.test"/>')
    expect(textOf(list)).toContain(
      'Content-ID: <T7x.1@pres.example.test>\r\nContent-Type: application/pidf+xml\r\n\r\n',
    )
    expect(textOf(list)).toContain('<instance id="hqzsuxtfyq" state="terminated" reason="rejected"/>')
  })

  it('§5.3: a partial state names what has changed only', () => {
    const partial = { ...list, isFull: false, resources: list.resources.slice(0, 1) }
    expect(read(partial)).toMatchObject({
      ok: true,
      list: { isFull: false, resources: [{ uri: 'sip:bob@example.test' }] },
    })
  })

  it('§5.5: a list within a list is a part that is read in the same way', () => {
    const inner = writeList(list, { token: 'inner', domain: 'example.test' })
    const outer: ResourceListState = {
      ...list,
      resources: [{ ...list.resources[0]!, instances: [{ id: 'i', state: 'active', reason: null, body: inner }] }],
    }
    const result = read(outer)
    const body = result.ok ? result.list.resources[0]!.instances[0]!.body! : null
    expect(parseList(body!.contentType, body!.bytes)).toMatchObject({ ok: true, list: { uri: list.uri } })
  })

  it('a part that holds the boundary gets another one', () => {
    const evil = 'x\r\n--T7x--\r\nContent-Type: text/html\r\n\r\nevil'
    const state = {
      ...list,
      resources: [
        { ...list.resources[0]!, instances: [{ id: 'i', state: 'active' as const, reason: null, body: pidf(evil) }] },
      ],
    }
    const result = read(state)
    expect(result.ok && Buffer.from(result.list.resources[0]!.instances[0]!.body!.bytes).toString()).toBe(evil)
  })

  const rlmi = (text: string, contentType = 'multipart/related;boundary=b') =>
    parseList(contentType, Buffer.from(`--b\r\nContent-Type: application/rlmi+xml\r\n\r\n${text}\r\n--b--`))
  const root = (rest: string) =>
    `<list xmlns="urn:ietf:params:xml:ns:rlmi" uri="a:b" version="1" fullState="1">${rest}</list>`

  it.each([
    ['no boundary', rlmi(root(''), 'multipart/related'), 'no-boundary'],
    ['another boundary', rlmi(root(''), 'multipart/related;boundary=c'), 'no-part'],
    ['a root that is not there', rlmi(root(''), 'multipart/related;start="<x>";boundary=b'), 'no-root'],
    ['no end', parseList('multipart/related;boundary=b', Buffer.from(`--b\r\n\r\n${root('')}`)), 'unterminated'],
    ['another format', rlmi('<list/>'), 'other-format'],
    ['no version', rlmi(root('').replace(' version="1"', '')), 'malformed'],
    ['a fourth state', rlmi(root('<resource uri="a:b"><instance id="1" state="asleep"/></resource>')), 'malformed'],
    [
      'a part that is not there',
      rlmi(root('<resource uri="a:b"><instance id="1" state="active" cid="z"/></resource>')),
      'no-body',
    ],
    ['a DTD', rlmi(`<!DOCTYPE list>${root('')}`), 'dtd'],
    [
      'too many parts',
      parseList('multipart/related;boundary=b', Buffer.from(`${'--b\r\n\r\n'.repeat(3000)}--b--`)),
      'too-many-parts',
    ],
  ])('is refused with a word: %s', (_, result, fault) => expect(result).toMatchObject({ ok: false, fault }))
})

function withoutBody(resource: ResourceListState['resources'][number]) {
  return { ...resource, instances: resource.instances.map(({ body: _, ...rest }) => rest) }
}

describe('RFC 2046 §5.1 parts', () => {
  it('are read with folded heads, any case, blanks behind boundaries, text before and after', () => {
    const text =
      'preamble\r\n--a b  \r\ncontent-type: text/plain;\r\n charset=utf-8\r\nCONTENT-ID:   <1@x>\r\n\r\none\r\n' +
      '--a bc is no boundary\r\nnor is --a b\r\n\r\n--a b\r\n\r\ntwo\r\n--a b--\t\r\nepilogue'
    const parsed = parseMultipart('multipart/mixed; Boundary="a b"', Buffer.from(text))
    expect(parsed).toMatchObject({
      ok: true,
      parts: [
        { contentType: 'text/plain; charset=utf-8', contentId: '1@x' },
        { contentType: 'text/plain', contentId: null },
      ],
    })
    const bodies = parsed.ok ? parsed.parts.map(({ bytes }) => Buffer.from(bytes).toString()) : []
    expect(bodies).toEqual(['one\r\n--a bc is no boundary\r\nnor is --a b\r\n', 'two'])
  })
})
