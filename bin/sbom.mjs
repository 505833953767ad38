/**
 * Prints the bill of materials of what runs in production (CycloneDX), made from npm's own. Not by its `--omit dev`:
 * npm 11 then leaves out a package of production that a development one has as an optional peer too (yaml, by vite).
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** @typedef {{ 'bom-ref': string, name: string }} Component */
/** @typedef {{ ref: string, dependsOn?: string[] }} Edge */

const root = join(import.meta.dirname, '..')
const options = { cwd: root, maxBuffer: 64 * 1024 * 1024 }
const whole = JSON.parse(String(execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], options)))
const {
  dependencies = {},
  optionalDependencies = {},
  devDependencies = {},
} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** @type {{ components: Component[], dependencies: Edge[], metadata: { component: Component } }} */
const { components: all, dependencies: edges, metadata } = whole
const dependsOn = new Map(edges.map((each) => [each.ref, each.dependsOn ?? []]))
const nameOf = new Map(all.map((component) => [component['bom-ref'], component.name]))
/** @param {string} ref */
const named = (ref) => nameOf.get(ref) ?? ''
const production = new Set([...Object.keys(dependencies), ...Object.keys(optionalDependencies)])
const own = metadata.component['bom-ref']
const direct = (dependsOn.get(own) ?? []).filter((ref) => production.has(named(ref)))

const reached = new Set(direct)
// A package of development that one of production would also take, if it were there, is none of production.
/** @param {string} ref */
const isProduction = (ref) => production.has(named(ref)) || !(named(ref) in devDependencies)
for (const ref of reached) for (const next of (dependsOn.get(ref) ?? []).filter(isProduction)) reached.add(next)

const components = all.filter((component) => reached.has(component['bom-ref']))
const graph = edges
  .filter(({ ref }) => ref === own || reached.has(ref))
  .map((each) => (each.ref === own ? { ...each, dependsOn: direct } : each))
process.stdout.write(`${JSON.stringify({ ...whole, components, dependencies: graph }, null, 2)}\n`)
