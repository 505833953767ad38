/**
 * RFC 3261 §16.6: the copy that a proxy forwards. What it does not change leaves byte for byte (§16.6 step 1).
 */
import { describe, expect, it } from 'vitest'
import { MessageEditor } from '../../../src/sip/message/edit.ts'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { parseMessage } from '../../../src/sip/message/parse.ts'
import { request, requestBytes } from '../../support/requests.ts'

const route = ['Route: <sip:p1;lr>, <sip:p2;lr>', 'Subject: x', 'Route: <sip:p3;lr>']

/** Lines of the edited message after the start line. */
function edited(lines: readonly string[], edit: (editor: MessageEditor) => MessageEditor): string[] {
  const headers = { Via: 'SIP/2.0/TCP c;branch=z9hG4bK1', 'Max-Forwards': '70' }
  const bytes = edit(new MessageEditor(request({ headers, lines }))).encode()
  expect(parseMessage(bytes).fault).toBeNull()
  return bytes
    .toString()
    .split('\r\n')
    .filter((line) => /^(Via|Route|Max|Subject|X-|Record|v:| )/i.test(line))
}

describe('RFC 3261 §16.6 a forwarded copy', () => {
  it('is the same bytes when nothing is changed', () => {
    const bytes = requestBytes({ lines: ['sUbJeCt  :\t folded\r\n\there  ', 'X: \xff'], body: '\u0000\r\n\r\nbody' })
    expect(new MessageEditor(parseMessage(bytes).message!).encode().equals(bytes)).toBe(true)
  })

  it('step 2 has another Request-URI', () => {
    const bytes = new MessageEditor(request()).requestUri('sip:bob@192.0.2.4;transport=tls').encode()
    expect(parseMessage(bytes).message?.requestUri).toBe('sip:bob@192.0.2.4;transport=tls')
  })

  it('step 3 has one Max-Forwards less, where it was', () => {
    expect(edited([], (editor) => editor.replaceFirst(HeaderId.maxForwards, '69'))).toEqual([
      'Via: SIP/2.0/TCP c;branch=z9hG4bK1',
      'Max-Forwards: 69',
    ])
  })

  it('step 3 gets a Max-Forwards when there was none', () => {
    const message = request({ headers: { 'Max-Forwards': null } })
    const bytes = new MessageEditor(message).replaceFirst(HeaderId.maxForwards, '70').encode()
    expect(parseMessage(bytes).message?.maxForwards).toBe(70)
  })

  it('step 4 has our Record-Route on top of others', () => {
    const insert = (editor: MessageEditor) => editor.prepend(HeaderId.recordRoute, '<sip:us;lr>')
    expect(edited(['Record-Route: <sip:p0;lr>'], insert).slice(2)).toEqual([
      'Record-Route: <sip:us;lr>',
      'Record-Route: <sip:p0;lr>',
    ])
    expect(edited([], insert)[0]).toBe('Record-Route: <sip:us;lr>')
  })

  it('step 8 has our Via on top', () => {
    const twice = (editor: MessageEditor) =>
      editor.prepend(HeaderId.via, 'SIP/2.0/TLS one').prepend(HeaderId.via, 'SIP/2.0/TLS two')
    expect(edited([], twice).slice(0, 3)).toEqual([
      'Via: SIP/2.0/TLS two',
      'Via: SIP/2.0/TLS one',
      'Via: SIP/2.0/TCP c;branch=z9hG4bK1',
    ])
  })

  it('§16.7 step 3 a response loses the top Via value, and the rest of its line stays', () => {
    const lines = ['Via: SIP/2.0/UDP a;x="1,2" ,  SIP/2.0/UDP d']
    const once = (editor: MessageEditor) => editor.removeFirstValue(HeaderId.via)
    expect(edited(lines, once).filter((line) => line.startsWith('Via'))).toEqual(lines)
    const twice = edited(lines, (editor) => once(once(editor)))
    expect(twice.filter((line) => line.startsWith('Via'))).toEqual(['Via: SIP/2.0/UDP d'])
  })

  it('§16.4 loses the first Route value only', () => {
    const pop = (editor: MessageEditor) => editor.removeFirstValue(HeaderId.route)
    expect(edited(route, pop).slice(2)).toEqual(['Route: <sip:p2;lr>', 'Subject: x', 'Route: <sip:p3;lr>'])
    expect(edited(route, (editor) => pop(pop(editor))).slice(2)).toEqual(['Subject: x', 'Route: <sip:p3;lr>'])
    expect(edited(route, (editor) => pop(pop(pop(editor)))).slice(2)).toEqual(['Subject: x'])
    expect(edited([], pop)).toHaveLength(2)
  })

  it('edits see the edits before them', () => {
    const lines = edited(route, (editor) =>
      editor
        .prepend(HeaderId.route, '<sip:p0;lr>')
        .replaceFirst(HeaderId.route, '<sip:new;lr>, <sip:p1;lr>')
        .removeFirstValue(HeaderId.route)
        .removeAll(HeaderId.subject)
        .append('X-Last', '1')
        .replaceFirst('x-last', '2'),
    )
    expect(lines.slice(2)).toEqual([
      'Route: <sip:p1;lr>',
      'Route: <sip:p1;lr>, <sip:p2;lr>',
      'Route: <sip:p3;lr>',
      'x-last: 2',
    ])
  })

  it('removes all lines of a header, compact ones and those of unknown names too', () => {
    const lines = ['v: SIP/2.0/UDP z', 'X-Secret: 1', 'x-sEcReT: 2', 'X-Other: 3']
    expect(edited(lines, (editor) => editor.removeAll('X-Secret')).slice(2)).toEqual(['v: SIP/2.0/UDP z', 'X-Other: 3'])
  })

  it('has the Content-Length of another body', () => {
    const bytes = new MessageEditor(request({ body: 'old' })).body(Buffer.from('schöner')).encode()
    const { message } = parseMessage(bytes)
    expect([message?.body.toString(), message?.all(HeaderId.contentLength)]).toEqual(['schöner', ['8']])
  })

  it('§20.14 gets a Content-Length when it came as a datagram without one', () => {
    const message = request({ headers: { 'Content-Length': null }, body: 'hello' })
    const again = parseMessage(new MessageEditor(message).encode()).message
    expect([again?.first(HeaderId.contentLength), again?.body.toString()]).toEqual(['5', 'hello'])
  })

  it('writes text as UTF-8 beside bytes that are none', () => {
    const bytes = Buffer.from(requestBytes({ lines: ['X-Raw: \xe9\xff'] }).toString('utf8'), 'latin1')
    const copy = new MessageEditor(parseMessage(bytes).message!).append(HeaderId.subject, 'größe').encode()
    expect(copy.includes(Buffer.from('X-Raw: \xe9\xff\r\n', 'latin1'))).toBe(true)
    expect(copy.includes(Buffer.from('Subject: größe\r\n', 'utf8'))).toBe(true)
  })

  it.each(['a\r\nb', 'ü\nb'])('cannot smuggle a line in %j', (value) => {
    expect(() => new MessageEditor(request()).append(HeaderId.subject, value).encode()).toThrow('line break')
    expect(() => new MessageEditor(request()).requestUri(value)).toThrow('line break')
  })
})
