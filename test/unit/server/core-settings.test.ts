/**
 * What the configuration says reaches the core: keys whose loss nobody would notice at once.
 */
import { describe, expect, it } from 'vitest'
import { defaultConfig } from '../../../src/config/index.ts'
import { coreSettings } from '../../../src/server/core-settings.ts'

const of = { realm: 'example.test', bootId: 'b', version: '1.2.3' }

describe('auth.withoutQop', () => {
  it('keeps old digests to encrypted connections unless told otherwise', () => {
    expect(coreSettings(defaultConfig, of).authentication.withoutQop).toBe('tls')
    const auth = { ...defaultConfig.auth, withoutQop: 'always' as const }
    expect(coreSettings({ ...defaultConfig, auth }, of).authentication.withoutQop).toBe('always')
  })
})
