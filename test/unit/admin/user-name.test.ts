/**
 * Names that administrators type: what could mean somebody else, or nobody, is refused.
 */
import { describe, expect, it } from 'vitest'
import { readUserName } from '../../../src/admin/user-name.ts'

const domains = ['example.test', 'example.org']

describe('readUserName', () => {
  it.each([
    ['alice', 'sip:alice@example.test'],
    ['Alice@Example.ORG', 'sip:alice@example.org'],
    ['sip:anna.o-hara_2@example.test', 'sip:anna.o-hara_2@example.test'],
  ])('%s means %s', (text, aor) => {
    expect(readUserName(text, domains)).toEqual({ ok: true, aor })
  })

  it.each([
    '',
    'a:b',
    'a:secret@example.test',
    '*',
    '..',
    '%00',
    'alice;x=1',
    'a b',
    'tgruu~x',
    'alice@elsewhere.test',
  ])('%s is refused', (text) => {
    expect(readUserName(text, domains).ok).toBe(false)
  })
})
