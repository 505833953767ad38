/**
 * Every vector of test/vectors/digest/published.md verifies, and stops verifying when anything of it changes.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseDigestCredentials } from '../../../src/sip/digest/challenge.ts'
import { computeHa1, verifyResponse } from '../../../src/sip/digest/compute.ts'

interface Vector {
  readonly title: string
  readonly method: string
  readonly password: string
  readonly credentials: string
}

const page = readFileSync(new URL('../../vectors/digest/published.md', import.meta.url), 'utf8')

function parseVectors(): Vector[] {
  return page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const field = (name: string) => section.match(new RegExp(`^${name}: (.*)$`, 'm'))?.[1] ?? ''
      const title = section.slice(0, section.indexOf('\n'))
      return { title, method: field('method'), password: field('password'), credentials: field('credentials') }
    })
}

describe.each(parseVectors())('$title', ({ method, password, credentials }) => {
  const parsed = parseDigestCredentials(credentials)!
  const ha1 = computeHa1(parsed.algorithm, parsed.username, parsed.realm, password)

  test('the published response is right', () => {
    expect(verifyResponse(parsed, ha1, method, null)).toBe(true)
  })

  test('it is wrong for another password', () => {
    const other = computeHa1(parsed.algorithm, parsed.username, parsed.realm, `${password}!`)
    expect(verifyResponse(parsed, other, method, null)).toBe(false)
  })

  test('it is wrong for another method', () => {
    expect(verifyResponse(parsed, ha1, 'POST', null)).toBe(false)
  })

  test.each(['uri', 'nonce', 'cnonce', 'ncText', 'response'] as const)('it is wrong when %s is another', (name) => {
    const text = parsed[name]!
    const changed = { ...parsed, [name]: text.slice(0, -1) + (text.endsWith('0') ? '1' : '0') }
    expect(verifyResponse(changed, ha1, method, null)).toBe(false)
  })

  test('it is wrong when cut short', () => {
    expect(verifyResponse({ ...parsed, response: parsed.response.slice(0, 16) }, ha1, method, null)).toBe(false)
  })
})
