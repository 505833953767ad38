/**
 * `docs/transactions.md` is drawn from the tables that run; UPDATE_DOCS=1 writes it anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { drawMachine, drawTransactions } from '../../src/sip/transaction/draw.ts'

const page = new URL('../../docs/transactions.md', import.meta.url)

test('docs/transactions.md shows the transaction tables as they are (RFC 3261 §17)', () => {
  const drawn = drawTransactions()
  if (process.env.UPDATE_DOCS === '1') writeFileSync(page, drawn)
  expect(readFileSync(page, 'utf8'), 'stale: run this test once with UPDATE_DOCS=1 and review the difference').toBe(
    drawn,
  )
})

test('a changed cell changes the drawing, so a stale page is found', () => {
  const row = { begin: ['trying', 'send'] } as const
  const drawn = drawMachine({ initial: row, trying: { final: ['terminated', 'toUser'] } })
  expect(drawn).toContain('[*] --> trying : begin / send')
  expect(drawn).toContain('trying --> terminated : final / toUser')
  expect(drawMachine({ initial: row, trying: {} })).not.toBe(drawn)
})
