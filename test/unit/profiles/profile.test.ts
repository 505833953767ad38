/**
 * Hardware profiles: those that ship are right, what cannot be is refused with its place and a cure.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { derivedFactors, factorsOf } from '../../../sim/profiles/factors.ts'
import { loadProfile, parseProfile, profileNames, profilesFolder } from '../../../sim/profiles/load-profile.ts'
import type { Profile } from '../../../sim/profiles/profile.ts'
import { profileJsonSchema } from '../../../sim/profiles/profile-json-schema.ts'
import { formatConfigError } from '../../../src/config/config-error.ts'

const home = readFileSync(join(profilesFolder, 'lcs2003-home.yaml'), 'utf8')

function linesOf(text: string, file = 'lcs2003-home.yaml'): readonly string[] {
  const parsed = parseProfile(text, file)
  return parsed.ok ? [] : parsed.errors.map(formatConfigError)
}

function profileOf(name: string): Profile {
  const loaded = loadProfile(name, '/')
  if (!loaded.ok) throw new Error(loaded.errors.map(formatConfigError).join('\n'))
  return loaded.profile
}

describe('profiles that ship', () => {
  it('are those of the table', () =>
    expect(profileNames()).toEqual([
      'box-2005',
      'cloud-small',
      'lcs2003-front-end',
      'lcs2003-home',
      'lcs2003-small',
      'lync2010-fe',
      'pi-4',
      'pi-5',
      'server-16',
      'this-machine',
    ]))

  it.each(profileNames())('%s is right', (name) => expect(profileOf(name).name).toBe(name))

  it.each([
    ['lcs2003-home', 2, 0.336, 2048, 100],
    ['lcs2003-front-end', 2, 0.336, 2048, 100],
    ['lcs2003-small', 1, 0.18, 512, 100],
    ['box-2005', 2, 0.975, 4096, 1000],
    ['lync2010-fe', 8, 1.64, 16384, 1000],
    ['cloud-small', 2, 'calibrated', 4096, 1000],
    ['pi-4', 4, 1.9, 4096, 1000],
    ['pi-5', 4, 5, 8192, 1000],
    ['server-16', 16, 14.2, 65536, 10000],
  ])('%s has %d CPUs of score %s, %d MB and %d Mbit', (name, count, score, memory, link) => {
    const { cpu, memory: found, net } = profileOf(name)
    expect([cpu.count, cpu.score, found.total_mb, net.link_mbit]).toEqual([count, score, memory, link])
  })

  it('have a JSON Schema that is made from the validator', () => {
    const path = join(profilesFolder, 'profile.schema.json')
    const made = `${JSON.stringify(profileJsonSchema(), null, 2)}\n`
    if (process.env.UPDATE_DOCS) writeFileSync(path, made)
    expect(readFileSync(path, 'utf8') === made, 'stale: UPDATE_DOCS=1 npx vitest run test/unit/profiles').toBe(true)
    expect(JSON.parse(made)).toMatchObject({ additionalProperties: false, required: expect.arrayContaining(['cpu']) })
  })
})

describe('a profile that cannot be', () => {
  const changed = (from: string | RegExp, to: string) => {
    const text = home.replace(from, to)
    expect(text).not.toBe(home)
    return text
  }

  it.each([
    [/^ {2}count: 2/m, '  count: 0', ':8:3: cpu.count: expected at least 1, found 0'],
    [/^ {2}count: 2/m, '  count: 1.5', ':8:3: cpu.count: expected a whole number, found 1.5'],
    [/^ {2}count: 2/m, '  count: two', ':8:3: cpu.count: expected a number, found the text "two"'],
    ['general: [18, 32, 58]', 'general: [18, 58, 32]', ': cpu.factors.general: [18, 58, 32] does not rise'],
    ['general: [18, 32, 58]', 'general: [0, 32, 58]', ': cpu.factors.general: a factor is more than 0, found 0'],
    ['general: [18, 32, 58]', 'general: [18, 32]', ': cpu.factors.general'],
    ['reserved_mb: 384', 'reserved_mb: 4096', ': memory.reserved_mb: 4096 MB leave nothing of the 2048 MB'],
    ['heap_mb: 1024', 'heap_mb: 1800', ': software.heap_mb: 1800 MB is more than the 1664 MB that are not reserved'],
    ['seek: [0.6, 2.5]', 'seek: [2.5, 0.6]', ': disk.flush_ms.seek: [2.5, 0.6] is no range of milliseconds'],
    ['rotation: 6.0, mirror: true }', 'mirror: true }', ': disk.flush_ms.rotation: missing'],
    ['dist: two-sync', 'dist: tow-sync', ': disk.flush_ms.dist: expected two-sync or log-normal or as-found, found'],
    ['cpu_target: 0.70', 'cpu_target: 70', ': limits.cpu_target: expected a part from 0 to 1, such as 0.7, found 70'],
    ['loss: 0.0', 'loss: 1', ': net.loss: expected a part below 1'],
    ['role: home', 'role: hom', ': role: expected home or front-end or both, found the text "hom"'],
    ['users: 10000', 'users: 0', ': claim.users: expected at least 1, found 0'],
    [/^memory:.*\n/m, '', ': memory: missing'],
    [/^name: .*/m, 'name: my-box', 'name: the file is lcs2003-home.yaml; name both the same'],
    [/^name: .*/m, 'name: X', ': name: expected 3 to 40 small letters, digits and dashes'],
  ])('%s → %j is refused', (from, to, line) => {
    const lines = linesOf(changed(from, to))
    expect(lines).toEqual([expect.stringContaining(line)])
    expect(lines[0]).toMatch(/^lcs2003-home\.yaml:\d+:\d+: /)
  })

  it('with an unknown key is told the nearest, and what is then missing', () => {
    expect(linesOf(changed(/^ {2}count: 2/m, '  cuont: 2'))).toEqual([
      'lcs2003-home.yaml:7:1: cpu.count: missing',
      'lcs2003-home.yaml:8:3: cpu.cuont: unknown key; did you mean count?',
    ])
    expect(linesOf(changed(/^ {2}score: /m, '  colour: 1\n  score: '))).toEqual([
      expect.stringContaining('cpu.colour: unknown key; expected one of count, model, year'),
    ])
  })

  it('needs factors where its year does not let them be derived', () => {
    const text = home.replace(/ {2}factors:\n( {4}.*\n)+/, '')
    expect(linesOf(text)).toEqual([
      expect.stringContaining('cpu: factors are missing; they are derived from the score'),
    ])
    expect(linesOf(text.replace('year: 2001', 'year: 2006'))).toEqual([])
  })

  it('of a log-normal disk has a p99 that fits its mean', () => {
    const pi = readFileSync(join(profilesFolder, 'pi-4.yaml'), 'utf8')
    expect(linesOf(pi.replace('p99: 200.0', 'p99: 20.0'), 'pi-4.yaml')[0]).toContain('does not fit a mean of 25 ms')
    expect(linesOf(pi.replace('p99: 200.0', 'p99: 2000.0'), 'pi-4.yaml')[0]).toContain('disk.flush_ms.p99')
  })

  it('says all its mistakes at once, in the order of the file', () => {
    const text = home.replace('count: 2', 'count: 0').replace('role: home', 'rolle: home')
    const keys = linesOf(text).map((line) => line.split(': ')[1])
    expect(keys).toEqual(expect.arrayContaining(['rolle', 'role', 'cpu.count']))
    expect(keys.indexOf('rolle')).toBeLessThan(keys.indexOf('cpu.count'))
  })

  it.each(['name: [', '- a', 'constructor: 1', '__proto__: { a: 1 }', ''])('is never an exception: %j', (text) => {
    expect(linesOf(text).length).toBeGreaterThan(0)
  })

  it('that does not exist is answered with the nearest', () => {
    const loaded = loadProfile('lcs2003-hom', '/')
    expect(!loaded.ok && formatConfigError(loaded.errors[0]!)).toContain('did you mean lcs2003-home?')
    const absent = loadProfile('./absent.yaml', '/')
    expect(!absent.ok && formatConfigError(absent.errors[0]!)).toBe('./absent.yaml: there is no such file')
  })
})

describe('factors', () => {
  const scores = { general: 0.5, kernel: 2, asym: 1, sym: 1 }

  it('are those of the file where it has some', () => {
    expect(factorsOf(profileOf('lcs2003-home'), scores)).toMatchObject({
      origin: 'given',
      factors: { general: [18, 32, 58], kernel: [3, 6, 12] },
    })
  })

  it('are derived from the score: general by it ± 35 %, kernel a third, asymmetric twice', () => {
    const { general, kernel, asym, sym } = derivedFactors(1.64)
    expect(general.map((each) => each.toFixed(2))).toEqual(['7.61', '11.71', '15.80'])
    expect(kernel[1]).toBeCloseTo(general[1] / 3)
    expect(asym[1]).toBeCloseTo(general[1] * 2)
    expect(sym).toEqual(general)
    // Of a machine nearly as fast as the reference the third would make its kernel faster than the reference's.
    expect(derivedFactors(14.2).kernel[1]).toBe(1)
  })

  it('of a calibrated CPU cancel the scores of the machine that was calibrated', () => {
    const { factors, origin } = factorsOf(profileOf('cloud-small'), scores)
    expect(origin).toBe('calibrated')
    expect([factors.general[1] * scores.general, factors.kernel[2] * scores.kernel]).toEqual([1, 1])
  })
})
