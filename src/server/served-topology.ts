/**
 * The topology that this server runs by: read and checked at the start, followed while it runs. What is wrong leaves
 * the one before in force, and the log says where.
 */
import { type CertificateWatch, watchCertificates } from '../certificates/index.ts'
import { type Config, type ConfigError, formatConfigError } from '../config/index.ts'
import type { Log } from '../ports/log.ts'
import type { Topology } from '../ports/topology.ts'
import type { MetricSample } from '../runtime/index.ts'
import {
  checkOwnServer,
  differenceLines,
  FollowedTopology,
  readTopologyFile,
  type TopologyDifference,
} from '../topology/index.ts'
import { StartFailure } from './start-failure.ts'

/** Of a file in which everything is wrong, and of a change of everything, the log says this much. */
const loggedLinesMax = 20

export type OnTopology = (topology: Topology, difference: TopologyDifference) => void

export class ServedTopology {
  readonly #followed: FollowedTopology
  readonly #watch: CertificateWatch
  #onChange: OnTopology = () => {}

  private constructor(first: Topology, file: string, { server }: Config, log: Log) {
    this.#followed = new FollowedTopology(first, {
      read: () => readTopologyFile(file, file),
      check: (topology) => checkOwnServer(topology, { name: server.name ?? '', role: server.role }),
      onChange: (topology, difference) => {
        const changes = differenceLines(difference)
        const fields = { version: topology.version, changes: changes.slice(0, loggedLinesMax).join('; ') }
        log.write('info', 'topology.changed', { file, ...fields })
        this.#onChange(topology, difference)
      },
      onRefused: (errors) => logRefused(errors, log),
    })
    this.#watch = watchCertificates([file], () => this.#followed.look(), { tellsMissing: true })
    // What came between reading and watching.
    this.#followed.look()
  }

  /** Null where this server stands alone. Throws `StartFailure` with every mistake. */
  static open(config: Config, log: Log): ServedTopology | null {
    const { file } = config.topology
    if (file === null) return null
    const read = readTopologyFile(file, file)
    if (!read.ok) throw refused(read.errors)
    const { name, role } = config.server
    if (name === null)
      throw new StartFailure('server.name is not set, by which topology.file knows it', 'configuration')
    const problems = checkOwnServer(read.topology, { name, role })
    if (problems.length > 0) throw refused(problems.map(read.refuse))
    return new ServedTopology(read.topology, file, config, log)
  }

  get current(): Topology {
    return this.#followed.current
  }

  /** `onChange`: with each one that takes the place of the one before; `current` is the new one already. */
  listen(onChange: OnTopology): void {
    this.#onChange = onChange
  }

  /** Reads the file again now: an administrator has asked for it. */
  look(): void {
    this.#followed.look()
  }

  get samples(): readonly MetricSample[] {
    const gauge = { kind: 'gauge', labels: {}, bounds: [], counts: [] } as const
    const refused = 'Whether the topology, as its file stands, was refused when it was read last (1) or not (0).'
    return [
      {
        ...gauge,
        name: 'meridian_topology_version',
        help: 'Version of the topology in force.',
        value: this.current.version,
      },
      { ...gauge, name: 'meridian_topology_refused', help: refused, value: Number(this.#followed.isRefused) },
    ]
  }

  close(): void {
    this.#watch.close()
  }
}

function refused(errors: readonly ConfigError[]): StartFailure {
  return new StartFailure(errors.map(formatConfigError).join('\nmeridian: '), 'configuration')
}

function logRefused(errors: readonly ConfigError[], log: Log): void {
  for (const { file, line, column, key, message, nearestKey } of errors.slice(0, loggedLinesMax)) {
    const problem = nearestKey === null ? message : `${message}; did you mean ${nearestKey}?`
    log.write('error', 'topology.refused', { file, line, column, setting: key, problem })
  }
}
