/**
 * Arbitrary SIP values for property tests: tokens, names, URIs, header values, whole messages. What they make is valid.
 */
import fc from 'fast-check'
import { encodeRequest, type HeaderLines } from '../../src/sip/message/encode.ts'
import { headerIdOf } from '../../src/sip/message/header-id.ts'
import { encodeNameAddr } from '../../src/sip/message/name-addr.ts'

const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

function wordOf(characters: string, lengthMax = 20): fc.Arbitrary<string> {
  const unit = fc.constantFrom(...characters)
  return fc.array(unit, { minLength: 1, maxLength: lengthMax }).map((units) => units.join(''))
}

export const token = wordOf(`${letters}-.!%*_+\`'~`)
const hostLabel = wordOf(letters, 10)
export const host = fc.oneof(
  fc.array(hostLabel, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.')),
  fc.ipV4(),
  fc.ipV6().map((address) => `[${address}]`),
)
const user = fc.oneof(
  wordOf(`${letters}-_.!~*'()&=+$,;?/`),
  wordOf(letters).map((word) => `${word}%40%c3%bc`),
)
const uriParam = fc
  .tuple(wordOf(`${letters}-_.`), fc.option(wordOf(`${letters}-_.[]/:&+$`)))
  .map(([name, value]) => (value === null ? `;${name}` : `;${name}=${value}`))

export const sipUri = fc
  .record({
    scheme: fc.constantFrom('sip', 'sips'),
    user: fc.option(user),
    password: fc.option(wordOf(letters)),
    host,
    port: fc.option(fc.integer({ min: 1, max: 65_535 })),
    params: fc.array(uriParam, { maxLength: 3 }),
  })
  .map((parts) => {
    const password = parts.password === null ? '' : `:${parts.password}`
    const userinfo = parts.user === null ? '' : `${parts.user}${password}@`
    const port = parts.port === null ? '' : `:${parts.port}`
    return `${parts.scheme}:${userinfo}${parts.host}${port}${parts.params.join('')}`
  })

/** Any text without line breaks: what people call themselves. */
export const displayName = fc
  .string({ unit: 'grapheme', maxLength: 20 })
  .map((text) => text.replace(/[\p{Cc}\u2028\u2029]/gu, '').trim())

const params = fc
  .array(
    fc.tuple(
      token.map((name) => name.toLowerCase()),
      fc.option(fc.oneof(token, displayName)),
    ),
    { maxLength: 3 },
  )
  .map((pairs) => new Map(pairs))

export const nameAddr = fc.record({ displayName: fc.option(displayName), uri: sipUri, params })

/** Unknown headers: names without an id, values with anything but line breaks and blanks at their ends. */
export const unknownHeader = fc
  .tuple(
    token.map((name) => `X-${name}`).filter((name) => headerIdOf(name) === 0),
    displayName,
  )
  .map(([name, value]) => [name, value] as const)

export interface ArbitraryRequest {
  readonly method: string
  readonly requestUri: string
  readonly headers: HeaderLines
  readonly body: Uint8Array
}

export const plainRequest: fc.Arbitrary<ArbitraryRequest> = fc
  .record({
    method: fc.oneof(
      fc.constantFrom('MESSAGE', 'INVITE', 'REGISTER', 'OPTIONS'),
      token.filter((word) => word !== 'ACK'),
    ),
    requestUri: sipUri,
    from: nameAddr,
    to: nameAddr,
    via: fc.tuple(host, token),
    callId: token,
    cseq: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    unknown: fc.array(unknownHeader, { maxLength: 4 }),
    body: fc.uint8Array({ maxLength: 60 }),
    order: fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(({ method, requestUri, from, to, via, callId, cseq, unknown, body, order }) => {
    const headers: (readonly [string, string])[] = [
      ['Via', `SIP/2.0/TCP ${via[0]};branch=z9hG4bK${via[1]}`],
      ['From', encodeNameAddr(from)],
      ['To', encodeNameAddr(to)],
      ['Call-ID', callId],
      ['CSeq', `${cseq} ${method}`],
      ...unknown,
    ]
    const keyed = headers.map((header) => ({ header, key: order.next().value as number }))
    const shuffled = keyed.sort((a, b) => a.key - b.key).map(({ header }) => header)
    return { method, requestUri, headers: shuffled, body }
  })

export function encoded(request: ArbitraryRequest): Buffer {
  return encodeRequest(request)
}
