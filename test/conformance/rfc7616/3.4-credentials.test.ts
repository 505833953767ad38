/**
 * What clients write into Authorization (RFC 7616 §3.4, RFC 3261 §22.4), as the field writes it.
 */
import { describe, expect, test } from 'vitest'
import { parseDigestCredentials } from '../../../src/sip/digest/challenge.ts'

const response = '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'
const base = `username="alice", realm="example.test", nonce="n1", uri="sip:example.test", response="${response}"`

function parse(rest: string) {
  return parseDigestCredentials(`Digest ${base}${rest}`)
}

describe('RFC 7616 §3.4: forms that are taken', () => {
  test('tokens and quoted strings are equal for qop, nc and algorithm', () => {
    const tokens = parse(', algorithm=SHA-256, qop=auth, nc=0000000a, cnonce="c"')
    const strings = parse(', algorithm="SHA-256", qop="auth", nc="0000000a", cnonce="c"')
    expect(tokens).toEqual(strings)
    expect(tokens).toMatchObject({ algorithm: 'SHA-256', qop: 'auth', nc: 10, ncText: '0000000a', cnonce: 'c' })
  })

  test('names, scheme, algorithm and qop are compared without case', () => {
    const text = `dIgEsT ${base.replace('realm', 'ReAlM')}, Algorithm=sha-256, QOP=AUTH-INT, NC=00000001, CNonce="c"`
    expect(parseDigestCredentials(text)).toMatchObject({ realm: 'example.test', algorithm: 'SHA-256', qop: 'auth-int' })
  })

  test('without algorithm MD5 is meant', () => {
    expect(parse('')?.algorithm).toBe('MD5')
  })

  test('without qop, nc and cnonce are not read (RFC 2617 §3.2.2)', () => {
    expect(parse(', nc=junk, cnonce="c"')).toMatchObject({ qop: null, nc: null, ncText: null, cnonce: null })
  })

  test('unknown parameters are passed over, quoted or not', () => {
    expect(parse(', foo=bar, x-epid="01,02=\\"3\\""')?.username).toBe('alice')
  })

  test('blanks, folds and empty list elements do no harm', () => {
    const text = `  Digest\r\n ${base.replaceAll(', ', ' ,\r\n\t')} , , opaque = "o" ,`
    expect(parseDigestCredentials(text)).toMatchObject({ username: 'alice', uri: 'sip:example.test', opaque: 'o' })
  })

  test('an escaped quote is part of the value', () => {
    const text = `Digest ${base.replace('alice', 'a\\"l\\\\i')}`
    expect(parseDigestCredentials(text)?.username).toBe('a"l\\i')
  })

  test('a URI without quotes is taken up to the comma', () => {
    const text = `Digest ${base.replace('"sip:example.test"', 'sip:example.test;transport=tcp')}`
    expect(parseDigestCredentials(text)?.uri).toBe('sip:example.test;transport=tcp')
  })

  test('the response is compared in lower case', () => {
    expect(parseDigestCredentials(`Digest ${base.replace(response, response.toUpperCase())}`)?.response).toBe(response)
  })

  test('username* carries names beyond Latin', () => {
    const text = `Digest ${base.replace('username="alice"', "username*=UTF-8''J%C3%A4s%C3%B8n")}`
    expect(parseDigestCredentials(text)?.username).toBe('Jäsøn')
  })

  test('an empty realm or opaque is a value', () => {
    expect(parse(', opaque=""')?.opaque).toBe('')
  })
})

describe('RFC 7616 §3.4: what is refused', () => {
  const whole = `Digest ${base}`
  test.each([
    ['another scheme', 'Basic YWxpY2U6cHc='],
    ['a scheme that only begins alike', `Digestive ${base}`],
    ['nothing after the scheme', 'Digest '],
    ['nothing at all', ''],
    ['no username', whole.replace('username="alice", ', '')],
    ['no realm', whole.replace('realm="example.test", ', '')],
    ['no nonce', whole.replace('nonce="n1", ', '')],
    ['no uri', whole.replace('uri="sip:example.test", ', '')],
    ['no response', whole.replace(/, response.*/, '')],
    ['a response that is not hexadecimal', whole.replace(response, 'zz')],
    ['an empty response', whole.replace(response, '')],
    ['an algorithm that we never offered', `${whole}, algorithm=MD5-sess`],
    ['a qop that we never offered', `${whole}, qop=auth-conf, nc=00000001, cnonce="c"`],
    ['qop without cnonce', `${whole}, qop=auth, nc=00000001`],
    ['qop without nc', `${whole}, qop=auth, cnonce="c"`],
    ['a nonce count that is no number', `${whole}, qop=auth, nc=xyz, cnonce="c"`],
    ['a nonce count of nine digits', `${whole}, qop=auth, nc=000000001, cnonce="c"`],
    ['a name given twice', `${whole}, username="bob"`],
    ['username and username* together', `${whole}, username*=UTF-8''bob`],
    ['username* in another character set', whole.replace('username="alice"', "username*=ISO-8859-1''a")],
    ['username* with a broken escape', whole.replace('username="alice"', "username*=UTF-8''%C3%28")],
    ['a hashed username', `${whole}, userhash=true`],
    ['an open quote', `${whole}, opaque="o`],
    ['an open quote that ends in an escape', `${whole}, opaque="o\\"`],
    ['a quote inside of a token', `${whole}, opaque=o"p`],
    ['no comma between parameters', whole.replace('", realm', '" realm')],
    ['a name without a value', `${whole}, opaque`],
    ['an empty value without quotes', `${whole}, opaque=`],
    ['a value without a name', `${whole}, ="x"`],
    ['a blank inside of a name', `${whole}, opa que="x"`],
    ['more than 32 parameters', `${whole}${Array.from({ length: 40 }, (_, index) => `, p${index}=1`).join('')}`],
  ])('%s', (_why, text) => {
    expect(parseDigestCredentials(text)).toBeNull()
  })
})
