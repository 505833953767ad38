/**
 * Network namespaces for servers that have two interfaces each: one to a network of their own, and one with the default
 * route to an outside on which somebody listens. Whatever leaves for anywhere but the own network passes there.
 */
import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { Program } from './program.ts'

/** Where every server's default route leads. */
const wayOut = '10.63.0.254'

/** Null: namespaces can be made here; else why not. */
export function whyNoNamespaces(): string | null {
  const name = `mrdn-try-${process.pid}`
  try {
    ip('netns', 'add', name)
    ip('netns', 'delete', name)
    return null
  } catch (error) {
    return `no network namespaces can be made: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`
  }
}

function ip(...argv: readonly string[]): void {
  execFileSync('ip', argv, { stdio: ['ignore', 'ignore', 'pipe'] })
}

export class Namespaces {
  /** Beginning of all names; an interface's may have 15 characters. */
  readonly #word = `m${randomInt(36 ** 4).toString(36)}`
  readonly #net = `10.${randomInt(64, 200)}.${randomInt(0, 250)}`
  readonly #names: readonly string[]
  readonly #made: string[] = []
  #sniffer: Program | null = null

  /** The test itself stands in the own network, as a client's machine would. */
  constructor(names: readonly string[]) {
    this.#names = names
    try {
      this.#make()
    } catch (error) {
      this.#remove()
      throw error
    }
  }

  place(name: string): { host: string; prefix: readonly string[] } {
    return { host: this.#inside(name), prefix: ['ip', 'netns', 'exec', this.#space(name)] }
  }

  /** Begins to listen on the outside; resolves when it does. */
  async sniff(): Promise<void> {
    // What the outside says itself (its kernel joins groups of the bridge) left no server.
    const heard = ['-i', 'outside', 'not', 'src', 'host', wayOut]
    const argv = ['netns', 'exec', this.#space('out'), 'tcpdump', '--immediate-mode', '-l', '-n', ...heard]
    this.#sniffer = new Program('ip', argv)
    await this.#sniffer.prints(/listening on outside/)
  }

  /** One line for each packet so far, its time taken off. */
  get heard(): readonly string[] {
    const lines = (this.#sniffer?.output ?? '').split('\n')
    return lines.filter((line) => /^\d\d:\d\d:/.test(line)).map((line) => line.replace(/^\S+ /, ''))
  }

  /** That server's machine sends something to a stranger: what is heard of it is how the sniffer is known to hear. */
  async callOut(name: string, word: string): Promise<void> {
    const script = `exec 3<>/dev/udp/203.0.113.9/5060; printf ${word} >&3`
    const [command, ...argv] = [...this.place(name).prefix, 'bash', '-c', script]
    const before = this.heard.length
    execFileSync(command!, argv)
    await this.#sniffer!.prints(/203\.0\.113\.9\.5060: /, { from: this.#lengthOf(before) })
  }

  async stop(): Promise<void> {
    await this.#sniffer?.stop()
    this.#remove()
  }

  #lengthOf(lines: number): number {
    return this.heard.length === lines ? this.#sniffer!.output.length : 0
  }

  #make(): void {
    for (const name of [...this.#names, 'out']) {
      ip('netns', 'add', this.#space(name))
      this.#made.push(this.#space(name))
      this.#in(name, 'link', 'set', 'lo', 'up')
      // Its own chatter (neighbours, routers) would be heard outside.
      this.#run(name, 'sh', '-c', 'echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6')
      this.#run(name, 'sh', '-c', 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6')
    }
    this.#in('out', 'link', 'add', 'outside', 'type', 'bridge', 'mcast_snooping', '0')
    this.#in('out', 'addr', 'add', `${wayOut}/24`, 'dev', 'outside')
    this.#in('out', 'link', 'set', 'outside', 'up')
    ip('link', 'add', `${this.#word}-lan`, 'type', 'bridge')
    ip('addr', 'add', `${this.#net}.254/24`, 'dev', `${this.#word}-lan`)
    ip('link', 'set', `${this.#word}-lan`, 'up')
    for (const [index, name] of this.#names.entries()) {
      const [lan, out] = [`${this.#word}-l${index}`, `out${index}`]
      ip('link', 'add', lan, 'type', 'veth', 'peer', 'name', 'lan', 'netns', this.#space(name))
      ip('link', 'set', lan, 'master', `${this.#word}-lan`, 'up')
      this.#in(name, 'addr', 'add', `${this.#inside(name)}/24`, 'dev', 'lan')
      this.#in(name, 'link', 'set', 'lan', 'up')
      this.#in('out', 'link', 'add', out, 'type', 'veth', 'peer', 'name', 'wan', 'netns', this.#space(name))
      this.#in('out', 'link', 'set', out, 'master', 'outside', 'up')
      this.#in(name, 'addr', 'add', `10.63.0.${index + 1}/24`, 'dev', 'wan')
      this.#in(name, 'link', 'set', 'wan', 'up')
      this.#in(name, 'route', 'add', 'default', 'via', wayOut)
    }
  }

  #remove(): void {
    for (const space of this.#made) tried(() => ip('netns', 'delete', space))
    tried(() => ip('link', 'delete', `${this.#word}-lan`))
  }

  #space(name: string): string {
    return `${this.#word}-${name}`
  }

  #inside(name: string): string {
    return `${this.#net}.${this.#names.indexOf(name) + 1}`
  }

  #in(name: string, ...argv: readonly string[]): void {
    ip('-n', this.#space(name), ...argv)
  }

  #run(name: string, ...argv: readonly string[]): void {
    ip('netns', 'exec', this.#space(name), ...argv)
  }
}

function tried(work: () => void): void {
  try {
    work()
  } catch {
    // It is gone already, or was never made.
  }
}
