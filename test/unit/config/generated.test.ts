/**
 * What is generated from the schema: every key described, the sample loads as the defaults, JSON Schema, printing.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import {
  configChanges,
  configJsonSchema,
  configWarnings,
  dataPaths,
  defaultConfig,
  describeKeys,
  effectiveYaml,
  loadConfig,
  maskedConfig,
  sampleYaml,
} from '../../../src/config/index.ts'
import { editDistance, nearestKey } from '../../../src/config/nearest-key.ts'
import { yamlScalar } from '../../../src/config/sample.ts'

const folder = mkdtempSync(join(tmpdir(), 'meridian-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function load(yaml: string) {
  writeFileSync(join(folder, 'm.yaml'), yaml)
  const result = loadConfig({ file: 'm.yaml', env: {}, cwd: folder })
  if (!result.ok) throw new Error(JSON.stringify(result.errors))
  return result.config
}

const defaults = load('')

describe('every key', () => {
  it.each(describeKeys().map((key) => [key.path, key] as const))(
    '%s says why, and has unit and bounds',
    (path, key) => {
      expect(key.why).toMatch(/^[A-Z0-9a-z].{20,}\.$/)
      expect(['live', 'reconnect', 'restart']).toContain(key.reload)
      if (key.kind === 'whole number')
        expect([typeof key.unit, typeof key.min, typeof key.max]).toEqual(['string', 'number', 'number'])
      if (/(Seconds|Ms|Days|Hours|Mb|Bytes)/.test(path)) expect(key.unit).not.toBeNull()
    },
  )

  it('has a default within its bounds', () => {
    for (const { kind, min, max, defaultValue } of describeKeys()) {
      if (kind !== 'whole number') continue
      expect(defaultValue).toBeGreaterThanOrEqual(min!)
      expect(defaultValue).toBeLessThanOrEqual(max!)
    }
  })
})

describe('the sample', () => {
  it('is the defaults as it is', () => expect(load(sampleYaml())).toEqual(defaults))

  it('is the defaults with every line uncommented', () => {
    const lines = sampleYaml()
      .split('\n')
      .filter((line) => !/^ *## |^# /.test(line))
    expect(load(lines.map((line) => line.replace('#', '')).join('\n'))).toEqual(defaults)
  })

  it('holds what was chosen', () => {
    const config = load(sampleYaml(new Map([['domain.name', 'chosen.test']])))
    expect(config).toEqual({ ...defaults, domain: { ...defaults.domain, name: 'chosen.test' } })
  })
})

describe('the effective configuration', () => {
  it('loads as what it was made from', () => {
    const config = { ...defaults, log: { level: 'warn' as const, format: 'json' as const } }
    expect(load(effectiveYaml(config, null))).toEqual(config)
  })

  it('never prints a secret', () => {
    const config = { ...defaults, tls: { ...defaults.tls, privateKeyPassphrase: 'open sesame' } }
    expect(effectiveYaml(config, null)).not.toContain('sesame')
    expect(JSON.stringify(maskedConfig(config))).not.toContain('sesame')
  })

  it('writes any text so that YAML reads it back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const config = load(`server:\n  dataFolder: ${yamlScalar(`/${text}`)}`)
        expect(config.server.dataFolder).toBe(
          dataPaths({ ...defaults, server: { ...defaults.server, dataFolder: config.server.dataFolder } }).folder,
        )
      }),
    )
  })
})

describe('the JSON Schema', () => {
  const schema = configJsonSchema()

  it('refuses unknown keys and knows bounds, defaults and reasons', () => {
    expect(schema).toMatchObject({ additionalProperties: false, type: 'object' })
    const text = JSON.stringify(schema)
    for (const { why } of describeKeys()) expect(text).toContain(JSON.stringify(why).slice(1, -1))
    expect(schema).toHaveProperty('properties.registrar.properties.devicesMax.maximum', 100)
    expect(schema).toHaveProperty('properties.log.properties.level.enum', ['debug', 'info', 'warn', 'error'])
  })
})

describe('a reload', () => {
  it('lists what changed and when it takes effect', () => {
    const after = {
      ...defaults,
      log: { ...defaults.log, level: 'debug' as const },
      server: { ...defaults.server, workers: 3 },
    }
    expect(configChanges(defaults, after)).toEqual([
      { path: 'server.workers', reload: 'restart' },
      { path: 'log.level', reload: 'live' },
    ])
    expect(configChanges(defaults, structuredClone(defaults))).toEqual([])
  })
})

describe('warnings', () => {
  it('there are none about the defaults', () => expect(configWarnings(defaultConfig)).toEqual([]))

  it('tell of limits that are off and of plain transports', () => {
    const yaml = 'limits: { flow: { requestsPerSecond: 0 } }\nlisten: { plainOutsideLoopback: true }'
    expect(configWarnings(load(yaml))).toHaveLength(2)
    expect(configWarnings(load('listen: { endpoints: [] }'))).toHaveLength(1)
  })
})

describe('the nearest key', () => {
  it.each([
    ['levle', 'level'],
    ['LEVEL', 'level'],
    ['for_mat', 'format'],
    ['xyzzy', null],
  ])('of %s is %s', (written, nearest) => expect(nearestKey(written, ['level', 'format'], [])).toBe(nearest))

  it('is found by a distance that is a metric', () => {
    const word = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') })
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b) === 0).toBe(a === b)
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c))
      }),
    )
  })
})
