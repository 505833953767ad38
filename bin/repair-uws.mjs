#!/usr/bin/env node
/**
 * Makes a copy of the published uWebSockets.js binary that loads on Debian 12 (glibc 2.36). Run by `npm install`, and
 * by `src/transport/web/load-uws.ts` where install scripts are off; that file chooses which binary is loaded, not
 * this one.
 *
 * Theory of operation. The binary was linked against glibc 2.38 and wants that version for three functions only:
 * `__isoc23_strtol`, `__isoc23_strtoul`, `__isoc23_sscanf`. They are `strtol`, `strtoul`, `sscanf` that also read
 * "0b101", the compiler's choice under C23, and nothing in uWebSockets asks for it. In the dynamic linking tables of
 * the copy,
 *
 *   .dynsym         the name of each such symbol begins 9 bytes later in the string table, behind "__isoc23_";
 *   .gnu.version    its version number becomes that of the oldest glibc interface (2.2.5 on x64, 2.17 on arm64);
 *   .gnu.version_r  the entry "GLIBC_2.38" gets hash and name of the oldest one, so nothing new is asked for.
 *
 * No code is touched. A binary whose hash is not in the table below is left alone, and so is one with any other
 * symbol of that version: both would be a package that nobody has looked at.
 */
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')

/** sha256 of the binaries of @btc-vision/uwebsockets.js 20.57.0; the number is Node's module ABI (137 is Node 24). */
const KNOWN = new Map([
  ['uws_linux_arm64_115.node', '6bdbc8ff976b4371af1906175e9025804bacc38a414969f4f02314e6b99f206c'],
  ['uws_linux_arm64_127.node', '82b79bd18d1e3563de336156005bd01b7f39fc387b65173d69a29da4ee79f895'],
  ['uws_linux_arm64_137.node', '88618b30ddf6b2b62310db89f40a701616676352aac5e0f6184dd8ef876199ce'],
  ['uws_linux_arm64_141.node', '81d0186dd1549ed6a7f47e68e323573fc27d69d2920527654ce2dd993af2b0ec'],
  ['uws_linux_x64_115.node', '5b126ee00bf754b02e97e4c27090365a8562c5820c93f93918ac2212d4503e91'],
  ['uws_linux_x64_127.node', '4b55b1f2cb7a7913febbb65a89496412b96af77e838552980092ba6b33723aac'],
  ['uws_linux_x64_137.node', '98128405dba2fb608448e921a979530f70c946a2cc9889c15f2fa70c2d00ab05'],
  ['uws_linux_x64_141.node', '813d788b347c6fd76b779d8932311ec05a044e612b4b83af220f16e6ea789683'],
])

const WANTED_VERSION = 'GLIBC_2.38'
const OLDEST_VERSIONS = ['GLIBC_2.2.5', 'GLIBC_2.17']
const PREFIX = '__isoc23_'

/** ELF section types (elf.h). */
const DYNSYM = 11
const VERSION_NEEDS = 0x6ffffffe
const VERSION_SYMBOLS = 0x6fffffff

/**
 * Where the published binary for this process is, and where its repaired copy belongs.
 * @returns {{ published: string, repaired: string, file: string }}
 */
export function uwsPaths() {
  const folder = dirname(createRequire(import.meta.url).resolve('uWebSockets.js'))
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`
  // The version is in the path, so that a copy made from an earlier release is never loaded for a later one.
  const repaired = join(ROOT, 'node_modules', '.cache', 'meridian', `uws-${version}`, file)
  return { published: join(folder, file), repaired, file }
}

/**
 * Writes the repaired copy, and beside it a record of what was changed. Throws where there is nothing to repair with.
 * @returns {{ path: string, symbols: string[] }}
 */
export function repairUws() {
  const { published, repaired, file } = uwsPaths()
  const binary = readFileSync(published)
  const sourceHash = verifyHash(file, binary)
  const symbols = relinkToOldest(binary)
  const record = {
    source: file,
    sourceSha256: sourceHash,
    repairedSha256: sha256(binary),
    from: WANTED_VERSION,
    symbols,
  }
  mkdirSync(dirname(repaired), { recursive: true })
  writeWhole(`${repaired}.json`, `${JSON.stringify(record, null, 2)}\n`)
  writeWhole(repaired, binary)
  return { path: repaired, symbols }
}

/**
 * Refuses a binary that is not the one that was looked at when its row was added to the table; returns its hash.
 * @param {string} file
 * @param {Buffer} binary
 */
export function verifyHash(file, binary) {
  const expected = KNOWN.get(file)
  const found = sha256(binary)
  if (found !== expected) throw new Error(`${file} has sha256 ${found}, expected ${expected ?? 'no such file'}`)
  return found
}

/**
 * Changes `binary` in place as told in the header; returns the names of the symbols that were linked anew.
 * @param {Buffer} binary
 */
export function relinkToOldest(binary) {
  const tables = linkingTables(binary)
  const versions = libcVersions(binary, tables)
  const wanted = versions.get(WANTED_VERSION)
  if (!wanted) return []
  const oldest = OLDEST_VERSIONS.map((version) => versions.get(version)).find((entry) => entry !== undefined)
  if (!oldest) throw new Error(`needs none of ${OLDEST_VERSIONS.join(', ')}`)

  const symbols = []
  for (let index = 0; index < tables.versionSymbols.size / 2; index++) {
    const versionAt = tables.versionSymbols.offset + 2 * index
    // The highest bit only says "hidden"; the rest is the number of the version.
    if ((binary.readUInt16LE(versionAt) & 0x7fff) !== wanted.number) continue
    const symbolAt = tables.symbols.offset + 24 * index
    const nameOffset = binary.readUInt32LE(symbolAt)
    const name = stringAt(binary, tables.strings + nameOffset)
    if (!name.startsWith(PREFIX)) throw new Error(`${name} of ${WANTED_VERSION} has no older twin that we know`)
    binary.writeUInt32LE(nameOffset + PREFIX.length, symbolAt)
    binary.writeUInt16LE(oldest.number, versionAt)
    symbols.push(name)
  }
  // Hash (bytes 0 to 3) and name (bytes 8 to 11) of the entry; its own number between them stays, now used by nobody.
  binary.copy(binary, wanted.at, oldest.at, oldest.at + 4)
  binary.copy(binary, wanted.at + 8, oldest.at + 8, oldest.at + 12)
  return symbols
}

/** @param {Buffer} binary */
function linkingTables(binary) {
  const isElf64LittleEndian = binary.readUInt32BE(0) === 0x7f454c46 && binary[4] === 2 && binary[5] === 1
  if (!isElf64LittleEndian) throw new Error('not a 64-bit little-endian ELF file')
  const table = Number(binary.readBigUInt64LE(0x28))
  const entrySize = binary.readUInt16LE(0x3a)
  const sections = Array.from({ length: binary.readUInt16LE(0x3c) }, (_, index) => {
    const at = table + index * entrySize
    return {
      type: binary.readUInt32LE(at + 4),
      offset: Number(binary.readBigUInt64LE(at + 24)),
      size: Number(binary.readBigUInt64LE(at + 32)),
      link: binary.readUInt32LE(at + 40),
      count: binary.readUInt32LE(at + 44),
    }
  })
  const symbols = sections.find((section) => section.type === DYNSYM)
  const versionSymbols = sections.find((section) => section.type === VERSION_SYMBOLS)
  const versionNeeds = sections.find((section) => section.type === VERSION_NEEDS)
  const strings = symbols && sections[symbols.link]?.offset
  if (!symbols || !versionSymbols || !versionNeeds || !strings) throw new Error('has no dynamic linking tables')
  return { symbols, versionSymbols, versionNeeds, strings }
}

/**
 * The versions that are wanted of libc: name → the number that symbols carry, and where the entry lies.
 * @param {Buffer} binary
 * @param {ReturnType<typeof linkingTables>} tables
 */
function libcVersions(binary, { versionNeeds, strings }) {
  /** @type {Map<string, { at: number, number: number }>} */
  const versions = new Map()
  let library = versionNeeds.offset
  for (let i = 0; i < versionNeeds.count; i++, library += binary.readUInt32LE(library + 12)) {
    if (stringAt(binary, strings + binary.readUInt32LE(library + 4)) !== 'libc.so.6') continue
    let at = library + binary.readUInt32LE(library + 8)
    for (let j = 0; j < binary.readUInt16LE(library + 2); j++, at += binary.readUInt32LE(at + 12)) {
      const name = stringAt(binary, strings + binary.readUInt32LE(at + 8))
      versions.set(name, { at, number: binary.readUInt16LE(at + 6) })
    }
  }
  return versions
}

/**
 * @param {Buffer} binary
 * @param {number} at
 */
function stringAt(binary, at) {
  return binary.toString('latin1', at, binary.indexOf(0, at))
}

/** @param {Buffer} bytes */
function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}

/**
 * Several threads may start at once and each find the copy absent, so none may see half of it.
 * @param {string} path
 * @param {Buffer | string} content
 */
function writeWhole(path, content) {
  const draft = `${path}.${randomUUID()}.tmp`
  writeFileSync(draft, content)
  renameSync(draft, path)
}

function main() {
  if (process.platform !== 'linux') return
  try {
    const { path, symbols } = repairUws()
    console.log(`uWebSockets.js: ${symbols.join(', ') || 'nothing'} linked to an older glibc in ${path}`)
  } catch (error) {
    // The server then serves WebSocket with the `ws` package, so this is no reason to fail the installation.
    console.error(`uWebSockets.js: not repaired: ${error instanceof Error ? error.message : error}`)
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main()
