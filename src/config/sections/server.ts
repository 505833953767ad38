/**
 * Section `server`: where the server keeps its data, how many workers it runs, and what it is for among its neighbours.
 */
import type * as v from 'valibot'
import { choiceKey, group, optionalTextKey, textKey, wholeNumberKey } from '../key.ts'
import { hostOrAddress } from '../names.ts'

/** As in the topology, whose entry for this server must say the same. */
export const serverRoles = ['home', 'front-end', 'both'] as const

export const serverSection = group('Where the server keeps its data, how many workers it runs, and its role.', {
  dataFolder: textKey({
    default: './data',
    isPath: true,
    reload: 'restart',
    why: 'Holds the store, secrets, certificates and the admin socket; put it on a disk that keeps what was flushed.',
  }),
  workers: wholeNumberKey({
    default: 0,
    min: 0,
    max: 256,
    unit: 'threads',
    reload: 'restart',
    why: 'Lower it to leave cores to other programs; 0 starts one worker per core.',
  }),
  gatherMs: wholeNumberKey({
    default: 25,
    min: 0,
    max: 100,
    unit: 'milliseconds',
    reload: 'restart',
    why: 'A worker begins one turn in so long, after a few as they come: less CPU for so much delay; 0: no limit.',
  }),
  name: optionalTextKey({
    rule: hostOrAddress,
    reload: 'restart',
    why: 'The host name that this server writes into Via and Record-Route; without it the name of the machine is used.',
  }),
  role: choiceKey({
    choices: serverRoles,
    default: 'both',
    reload: 'restart',
    why: 'A home holds users, a front-end authenticates and passes on; one server alone is both.',
  }),
})

export type ServerConfig = v.InferOutput<typeof serverSection>
