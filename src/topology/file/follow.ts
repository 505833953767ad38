/**
 * The topology in force, kept up with its source: a change that is right takes its place and is told, one that is wrong
 * leaves the old one in force and is told as well. When to look (file watch, SIGHUP, a timer) is the caller's.
 */
import type { ConfigError, Problem } from '../../config/index.ts'
import type { Topology } from '../../ports/topology.ts'
import { isSameTopology, type TopologyDifference, topologyDifference } from '../difference.ts'
import { type ReadTopology, type TopologyRead, versionProblems } from './read.ts'

export interface FollowOptions {
  /** Reads the source as it is now. */
  readonly read: () => TopologyRead
  /** What else must hold: that this server is in it, say. */
  readonly check?: (topology: Topology) => readonly Problem[]
  readonly onChange: (topology: Topology, difference: TopologyDifference) => void
  /** Each with file, line and column; what was in force still is. Not called again for the same mistakes. */
  readonly onRefused: (errors: readonly ConfigError[]) => void
}

export class FollowedTopology {
  readonly #options: FollowOptions
  #current: Topology
  #refused = ''

  /** `first` was read and checked by whoever starts: without it there is nothing to go on with. */
  constructor(first: Topology, options: FollowOptions) {
    this.#current = first
    this.#options = options
  }

  get current(): Topology {
    return this.#current
  }

  /** The source, as it was read last, is wrong; what is in force is an earlier one. */
  get isRefused(): boolean {
    return this.#refused !== ''
  }

  /** Reads again. Calls `onChange` or `onRefused` before it returns, or neither where nothing is new. */
  look(): void {
    const read = this.#options.read()
    const errors = read.ok ? this.#errorsOf(read) : read.errors
    if (!read.ok || errors.length > 0) {
      this.#refuse(errors)
      return
    }
    this.#refused = ''
    const before = this.#current
    const difference = topologyDifference(before, read.topology)
    // A version that rose alone is taken too: it is what others have been told.
    if (isSameTopology(difference) && before.version >= read.topology.version) return
    this.#current = read.topology
    this.#options.onChange(read.topology, difference)
  }

  #errorsOf({ topology, refuse }: ReadTopology): readonly ConfigError[] {
    const problems = [...versionProblems(this.#current, topology), ...(this.#options.check?.(topology) ?? [])]
    return problems.map(refuse)
  }

  #refuse(errors: readonly ConfigError[]): void {
    const said = JSON.stringify(errors)
    if (said === this.#refused) return
    this.#refused = said
    this.#options.onRefused(errors)
  }
}
