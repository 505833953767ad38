/**
 * `docs/store.md` holds every record kind, and none that does not exist.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { recordKinds } from '../../../src/ports/records/kinds.ts'

const text = readFileSync(new URL('../../../docs/store.md', import.meta.url), 'utf8')
const rows = [...text.matchAll(/^\| `([a-z-]+)` \| (\d+) \| (.+)$/gm)].map(([, name, version, rest]) => ({
  name: name ?? '',
  version: Number(version),
  rest: rest ?? '',
}))

test('docs/store.md has one row for each kind, with its version', () => {
  const documented = rows.map(({ name, version }) => `${name} ${version}`).sort()
  expect(documented).toEqual(recordKinds.map(({ name, version }) => `${name} ${version}`).sort())
})

test('docs/store.md marks the masked fields of each kind', () => {
  for (const kind of recordKinds) {
    const rest = rows.find(({ name }) => name === kind.name)?.rest ?? ''
    const marked = [...rest.matchAll(/\*(\w+)\*/g)].map(([, field]) => field)
    expect([kind.name, ...marked]).toEqual([kind.name, ...kind.masked])
  }
})
