#!/usr/bin/env node
/**
 * Completes package-lock.json after `npm install`: every optional platform package that a locked package names gets an
 * entry. A registry may for some minutes not list one of them; npm then leaves it out without a word, and `npm ci`
 * fails later with "Missing: … from lock file". The entries made here are inert: they name version, system and
 * processor, so that npm accepts the lock and skips them. Run `npm run complete-lock -- --check` to see what is
 * absent without writing.
 */
import { readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const SYSTEMS = ['linux', 'darwin', 'win32', 'freebsd', 'netbsd', 'openbsd', 'android', 'sunos', 'aix', 'openharmony']
const PROCESSORS = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32']

/**
 * @typedef {{ version?: string, optional?: boolean, os?: string[], cpu?: string[] }} Locked
 * @typedef {Locked & { optionalDependencies?: Record<string, string> }} LockedPackage
 * @typedef {Record<string, LockedPackage>} Packages
 */

/**
 * Adds the absent entries to `lock` in place and returns their paths, so that a second call returns nothing.
 * @param {{ packages: Packages }} lock
 */
export function completeLock(lock) {
  const added = []
  for (const [path, locked] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(locked.optionalDependencies ?? {})) {
      if (findEntry(lock.packages, path, name)) continue
      const entry = `node_modules/${name}`
      lock.packages[entry] = inertEntry(name, range)
      added.push(entry)
    }
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
  return added
}

/**
 * Node's own rule: a package is looked for beside its dependant, then one folder further out, up to the root.
 * @param {Packages} packages
 * @param {string} from
 * @param {string} name
 */
function findEntry(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    const entry = packages[folder ? `${folder}/node_modules/${name}` : `node_modules/${name}`]
    if (entry || !folder) return entry
  }
}

/**
 * @param {string} name
 * @param {string} range
 */
function inertEntry(name, range) {
  const words = name.split(/[/-]/)
  const os = SYSTEMS.filter((system) => words.includes(system))
  const cpu = PROCESSORS.filter((processor) => words.includes(processor))
  // Without a system and a processor npm would try to fetch the package on every machine.
  if (!os.length && !cpu.length) throw new Error(`${name}: cannot tell its platform from its name; add it by hand`)
  /** @type {Locked} */
  const entry = { version: String(range).replace(/^[\^~=v]+/, ''), optional: true }
  if (cpu.length) entry.cpu = cpu
  if (os.length) entry.os = os
  return entry
}

/** @param {string[]} flags */
function main(flags) {
  const file = join(dirname(fileURLToPath(import.meta.url)), '..', 'package-lock.json')
  const lock = JSON.parse(readFileSync(file, 'utf8'))
  const added = completeLock(lock)
  for (const entry of added) console.log(`absent: ${entry}`)
  console.log(`${added.length} entries were absent`)
  if (flags.includes('--check')) process.exitCode = added.length ? 1 : 0
  else if (added.length) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main(process.argv.slice(2))
