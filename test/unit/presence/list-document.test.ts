/**
 * The body of a NOTIFY about a list stays below what peers take as one body (256 KB), whatever its documents: what each
 * part adds and the names of all count too (RFC 4662 §5.2).
 */
import { expect, it } from 'vitest'
import { parseList } from '../../../src/documents/index.ts'
import { tellList } from '../../../src/presence/lists/list-document.ts'
import { ListMembers } from '../../../src/presence/lists/list-members.ts'
import { Names } from '../../../src/presence/watching/names.ts'
import type { View } from '../../../src/presence/watching/view.ts'
import { bodyBytesMax } from '../../../src/sip/message/limits.ts'
import type { Aor } from '../../../src/sip/uri/aor.ts'

const uris = Array.from({ length: 1_000 }, (_, number) => `sip:somebody.with-a-name${number}@im.example.test` as Aor)

it.each([200, 600, 4_000])('of 1,000 members with documents of %i bytes is told in parts below the limit', (size) => {
  const names = new Names()
  const listed = uris.map((uri, index) => ({ uri, displayName: `Somebody With A Name ${index}` }))
  const members = new ListMembers(names, listed, uris)
  const document = Buffer.alloc(size, 0x20)
  const view = { verdict: 'allow', document } as unknown as View
  let only: readonly Aor[] | null = null
  let told = 0
  for (let version = 0; only === null || only.length > 0; version++) {
    const { body, left } = tellList({
      uri: 'sip:list@im.example.test',
      version,
      members,
      only,
      viewOf: () => view,
      documentsBytesMax: 192 * 1024,
      names: { token: 'abcdefgh1234567890', domain: 'im.example.test' },
    })
    expect(body.bytes.length).toBeLessThan(bodyBytesMax)
    const parsed = parseList(body.contentType, body.bytes)
    expect(parsed.ok).toBe(true)
    told += (only ?? uris).length - left.length
    only = left
  }
  expect(told).toBe(1_000)
})
