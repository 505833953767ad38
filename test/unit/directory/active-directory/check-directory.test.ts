/**
 * What administrators are told of a domain controller whose clock is not ours: expiries go by our own, but tickets,
 * certificates and the order of changes do not (§10).
 */
import { expect, test } from 'vitest'
import { checkController } from '../../../../src/directory/active-directory/check-directory.ts'
import { FakeCatalog, FakeClock, fakePorts } from '../../../support/fake-catalogs.ts'

async function checkedAt(aheadMs: number) {
  const clock = new FakeClock()
  // Directories say whole seconds.
  clock.nowMs = Date.UTC(2026, 5, 1, 9) + 700
  const digits = new Date(clock.nowMs + aheadMs).toISOString().replace(/[-:T]|\.\d+Z/g, '')
  const root = { dn: '', currentTime: `${digits}.0Z`, isGlobalCatalogReady: 'TRUE' }
  const ports = fakePorts(clock, [new FakeCatalog('dc1', clock, [root])])
  const controller = { host: 'dc1', port: 3269, domainPort: 636, site: '', priority: 0 }
  const { skewMs, faults, warnings } = await checkController({ ...ports, mapping: null }, controller, {
    name: 'svc',
    password: 'x',
  })
  const aboutClocks = (words: readonly string[]) => words.filter((word) => word.includes('clock'))
  return { skewMs, faults: aboutClocks(faults), warnings: aboutClocks(warnings) }
}

test.each([
  [1000, 'nothing'],
  [29_000, 'nothing'],
  [-45_000, 'a warning'],
  [299_000, 'a warning'],
  [-301_000, 'a fault'],
  [86_400_000, 'a fault'],
])('a clock that is %i ms ahead of ours is %s', async (aheadMs, what) => {
  const words = [`its clock and ours differ by ${Math.abs(aheadMs) / 1000} s`]
  expect(await checkedAt(aheadMs)).toEqual({
    skewMs: aheadMs,
    faults: what === 'a fault' ? words : [],
    warnings: what === 'a warning' ? words : [],
  })
})
