/**
 * Section `store`: the database file in the data folder.
 */
import type * as v from 'valibot'
import { group, wholeNumberKey } from '../key.ts'

export const storeSection = group('The database in the data folder.', {
  mapSizeMb: wholeNumberKey({
    default: 1_024,
    min: 16,
    max: 4_194_304,
    unit: 'MB',
    reload: 'restart',
    why: 'Address space reserved at start; it grows by itself, a larger value only saves the growing.',
  }),
  minimumFreeMb: wholeNumberKey({
    default: 64,
    min: 64,
    max: 1_048_576,
    unit: 'MB',
    reload: 'live',
    why: 'With less free on the disk, writes are refused with 503; raise it where other programs fill the same disk.',
  }),
})

export type StoreConfig = v.InferOutput<typeof storeSection>
