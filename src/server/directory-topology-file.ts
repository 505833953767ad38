/**
 * Keeps `topology.file` as the directory has the servers, so that it is followed, checked and shown as any other, and
 * is still there when no catalog answers. A list that makes no sense is not written.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { DirectoryTopology } from '../directory/index.ts'
import type { Log } from '../ports/log.ts'
import type { Topology } from '../ports/topology.ts'
import { checkTopology, isSameTopology, parseTopology, topologyDifference } from '../topology/index.ts'

export class DirectoryTopologyFile {
  readonly #file: string
  readonly #log: Log
  #complaint = ''

  constructor(file: string, log: Log) {
    this.#file = file
    this.#log = log
  }

  /** Writes the list where it differs from what the file says. */
  put({ topology, faults }: DirectoryTopology): void {
    const problems = [...checkTopology(topology).map(({ path, message }) => `${path.join('.')}: ${message}`), ...faults]
    this.#complain(problems.join('; '))
    if (checkTopology(topology).length > 0) return
    const before = this.#read()
    if (before && isSameTopology(topologyDifference(before, topology)) && before.version >= topology.version) return
    // Whoever changes the directory by hand may forget the version; a changed list of the same version is refused.
    const version = Math.max(topology.version, (before?.version ?? 0) + 1)
    const part = `${this.#file}.part`
    writeFileSync(part, topologyText({ ...topology, version: before ? version : topology.version }))
    renameSync(part, this.#file)
  }

  #read(): Topology | null {
    if (!existsSync(this.#file)) return null
    const read = parseTopology(readFileSync(this.#file, 'utf8'), this.#file)
    return read.ok ? read.topology : null
  }

  #complain(problems: string): void {
    if (problems !== this.#complaint && problems !== '') {
      this.#log.write('error', 'directory.topology-wrong', { problems })
    }
    this.#complaint = problems
  }
}

/** As `topology.yaml`; JSON is YAML. */
function topologyText({ version, domains, servers, deniedFingerprints }: Topology): string {
  const deniedCertificates = deniedFingerprints.map((fingerprint) => ({ fingerprint }))
  const text = JSON.stringify({ version, domains, servers, deniedCertificates }, null, 2)
  return `# Kept by the server as the directory says; changes are made there.\n${text}\n`
}
