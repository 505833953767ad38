/**
 * How the limit moves with the users: one thing changed at a time, elasticities between the ends of what was tried.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sensitivityOf, variantsOf } from '../../../sim/limit/sensitivity.ts'
import { defaultParameters } from '../../../sim/workload/parameters.ts'

const parameters = defaultParameters('2003')
const variants = variantsOf(parameters, false)

it('changes contacts, presence, devices, lists and TLS, one at a time', () => {
  expect(variants.map(({ name }) => name)).toEqual([
    'as asked',
    'contacts × 0.5',
    'contacts × 2',
    'presence changes × 0.5',
    'presence changes × 1.5',
    'devices × 1.5',
    'with lists',
    'over TLS',
  ])
  for (const { change } of variants) expect(Object.keys(change).length).toBeLessThanOrEqual(1)
  expect(variants.filter(({ isEncrypted }) => isEncrypted).map(({ name }) => name)).toEqual(['over TLS'])
  const [last, before] = variantsOf({ ...parameters, lists: true }, true).toReversed()
  expect([before!.name, last!.name, last!.isEncrypted]).toEqual(['without lists', 'without TLS', false])
})

it('an elasticity is the power by which the limit goes with the parameter', () => {
  fc.assert(
    fc.property(fc.double({ min: -2, max: 1, noNaN: true }), (power) => {
      const found = variants.map((variant) => {
        const by = variant.scaled?.parameter === 'contacts' ? variant.scaled.factor : 1
        return { variant, limit: 10_000 * by ** power, limitedBy: 'cpu' }
      })
      const { rows, elasticities } = sensitivityOf(found)
      expect(rows[0]).toEqual({ name: 'as asked', limit: 10_000, ratio: 1, limitedBy: 'cpu' })
      expect(rows[2]!.ratio).toBeCloseTo(2 ** power, 9)
      expect(elasticities.map(({ parameter }) => parameter)).toEqual(['contacts', 'presence changes', 'devices'])
      expect(elasticities[0]!.value).toBeCloseTo(power, 9)
      expect(elasticities[1]!.value).toBeCloseTo(0, 9)
    }),
  )
})

it('what was not found has neither ratio nor elasticity', () => {
  const none = variants.map((variant) => ({ variant, limit: null, limitedBy: 'message' }))
  const { rows, elasticities } = sensitivityOf(none)
  expect(rows.every(({ limit, ratio }) => limit === null && ratio === null)).toBe(true)
  expect(elasticities).toEqual([])
  expect(sensitivityOf([])).toEqual({ rows: [], elasticities: [] })
})
