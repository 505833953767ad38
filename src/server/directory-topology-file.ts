/**
 * Keeps `topology.file` as the directory has the servers, so that it is followed, checked and shown as any other, and
 * is still there when no catalog answers. A list that makes no sense is not written.
 */
import { writePublicFile } from '../certificates/index.ts'
import type { DirectoryTopology } from '../directory/index.ts'
import type { Log } from '../ports/log.ts'
import type { Topology } from '../ports/topology.ts'
import { checkTopology, isSameTopology, readTopologyFile, topologyDifference } from '../topology/index.ts'

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
    const problems = checkTopology(topology).map(({ path, message }) => `${path.join('.')}: ${message}`)
    this.#complain([...problems, ...faults].join('; '))
    if (problems.length > 0) return
    const read = readTopologyFile(this.#file, this.#file)
    const before = read.ok ? read.topology : null
    if (before && isSameTopology(topologyDifference(before, topology)) && before.version >= topology.version) return
    // Whoever changes the directory by hand may forget the version; a changed list of the same version is refused.
    const version = before ? Math.max(topology.version, before.version + 1) : topology.version
    writePublicFile(this.#file, topologyText({ ...topology, version }))
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
