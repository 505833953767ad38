/**
 * The bill of materials (`npm run sbom`, CycloneDX): all that is in production by the lock, with version and licence,
 * and nothing that only builds or tests us.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../../..')

interface Component {
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly licenses?: readonly unknown[]
}

it('names every dependency of production', { timeout: 60_000 }, () => {
  const { scripts, dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
    dependencies: Record<string, string>
    devDependencies: Record<string, string>
  }
  const [program = '', ...argv] = (scripts.sbom ?? '').split(' ')
  const said = execFileSync(program, argv, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  const { bomFormat, components } = JSON.parse(said) as { bomFormat: string; components: readonly Component[] }
  expect(bomFormat).toBe('CycloneDX')
  const byName = new Map(components.map((component) => [component.name, component]))
  for (const [name, version] of Object.entries(dependencies)) {
    // `npm:other@1.2.3` stands for another package under that name.
    const exact = version.startsWith('npm:') ? version.slice(version.lastIndexOf('@') + 1) : version
    const component = byName.get(name)
    expect([name, component?.version]).toEqual([name, exact])
    expect(component?.purl).toMatch(/^pkg:npm\//)
    expect(component?.licenses?.length, name).toBeGreaterThan(0)
  }
  for (const name of ['vitest', 'typescript'])
    expect([name in devDependencies, byName.has(name)]).toEqual([true, false])
})
