/**
 * A front end and three homes between which users are moved, and what tests want to know of them.
 */
import { expect } from 'vitest'
import type { MoveReply, MoveRequest } from '../../src/ports/move-bus.ts'
import { compareKeys, keyParts } from '../../src/ports/records/keys.ts'
import { aorOf, type ServerWorld } from './server-world.ts'
import { TopologyWorld } from './topology-world.ts'
import { WireClient } from './wire-client.ts'

export const moveServers = {
  'front.test': { role: 'front-end', workers: 2 },
  'one.test': { role: 'home', users: ['alice', 'carol'], workers: 2 },
  'two.test': { role: 'home', users: ['bob'], workers: 3 },
  'three.test': { role: 'home', users: ['dave'], workers: 1 },
} as const

export function signIn(world: TopologyWorld, server: string, name: string): WireClient {
  const client = new WireClient(world.server(server), name)
  expect(client.register().statusCode).toBe(200)
  return client
}

export async function startMoveWorld(): Promise<TopologyWorld> {
  return TopologyWorld.start(moveServers)
}

/** The reply when it has come; null: none came. */
export async function replyOf(world: TopologyWorld, reply: () => MoveReply | null, withinMs = 40_000) {
  for (let waitedMs = 0; waitedMs < withinMs && reply() === null; waitedMs += 50) await world.advanceReading(50, 50)
  return reply()
}

export function asked(world: TopologyWorld, at: string, name: string, act: MoveRequest): Promise<MoveReply | null> {
  return replyOf(world, world.server(at).askMove(name, act))
}

export function moved(world: TopologyWorld, at: string, name: string, to: string): Promise<MoveReply | null> {
  return asked(world, at, name, { act: 'move', to })
}

/** `meridian_user_moves_total` of a home: those outcomes that there were. */
export function movesCounted(world: TopologyWorld, at: string): Readonly<Record<string, number>> {
  const outcomes = ['left', 'stayed', 'arrived', 'adopted', 'refused', 'lost']
  const counted = outcomes.map((outcome) => {
    return [outcome, world.server(at).metric('meridian_user_moves_total', { outcome })?.value ?? 0] as const
  })
  return Object.fromEntries(counted.filter(([, count]) => count > 0))
}

export function devicesAt(server: ServerWorld, name: string) {
  return server.coreOf(name).services.registrar.summaries(aorOf(name))
}

/** Names of homes that serve this user. */
export function homesOf(world: TopologyWorld, name: string): string[] {
  return [...world.servers].flatMap(([server, { cores }]) => {
    return cores.some(({ services }) => services.accounts.find(aorOf(name)) !== null) ? [server] : []
  })
}

/** Whether any record of this user is in this server's store, but the word where he is. */
export function keepsAnything(server: ServerWorld, name: string): boolean {
  return [...server.disk.durable.keys()].some((key) => key.includes(aorOf(name)) && !key.startsWith('!homes'))
}

/** What this server's store keeps under the user's own name, in the order of its keys. */
export function recordsOf({ disk }: ServerWorld, name: string): ReadonlyMap<string, Uint8Array> {
  const own = [...disk.durable].filter(([key]) => keyParts(key).aor === aorOf(name))
  return new Map(own.sort(([a], [b]) => compareKeys(a, b)))
}
