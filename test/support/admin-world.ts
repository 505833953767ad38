/**
 * Commands of the command line by way of a real admin socket to a whole server in memory: for tests of what
 * administrators type. To be called once in a test file.
 */
import { join } from 'node:path'
import { afterEach } from 'vitest'
import { type AdminPorts, createAdminBackend, createAdminServer } from '../../src/admin/index.ts'
import type { AuditEntry } from '../../src/store/index.ts'
import { adminPorts } from './admin-ports.ts'
import { meridian } from './command-line.ts'
import { dataFolders } from './data-folder.ts'
import { ServerWorld } from './server-world.ts'

export function adminWorlds() {
  const newFolder = dataFolders()
  const closers: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closers.splice(0)) await close()
  })

  async function stopped() {
    const cwd = newFolder()
    await meridian(['init', '--folder', cwd], { cwd: '/' })
    return { cwd, run: (...argv: readonly string[]) => meridian(argv, { cwd }) }
  }

  async function running() {
    const { cwd, run } = await stopped()
    const world = await ServerWorld.start({ workers: 3, users: ['bob', 'carol'] })
    world.addUser('alice', { aliases: ['al'], groups: ['research'] })
    const audited: AuditEntry[] = []
    const backend = createAdminBackend(portsOf(world, audited, join(cwd, 'data', 'secrets')))
    const started = await createAdminServer({ socketPath: join(cwd, 'data', 'admin.sock'), handlers: backend })
    if (!started.ok) throw new Error(started.message)
    closers.push(() => started.server.close())
    return { run, world, audited }
  }

  return { stopped, running }
}

function portsOf(world: ServerWorld, audited: AuditEntry[], folder: string): AdminPorts {
  const nameOf = (aor: string) => aor.slice(4)
  const policy: AdminPorts['policy'] = {
    askPolicy: async (aor, act) => {
      const reply = world.askPolicy(aor.startsWith('!') ? null : nameOf(aor), act)
      if (reply() === null) world.advance(2_000)
      return reply()!
    },
  }
  const ports = {
    accounts: { act: async (aor, act) => world.admin(nameOf(aor), act), list: async () => [] },
    policy,
    homes: { askMove: async (aor, act) => world.askMove(nameOf(aor), act)()! },
    presence: { askPresence: async (aor, act) => world.presence(nameOf(aor), act) },
    audit: { append: async (entry) => void audited.push(entry) },
    now: () => 7,
    metricsText: async () => '',
  } satisfies Partial<AdminPorts>
  return adminPorts(ports, folder)
}
