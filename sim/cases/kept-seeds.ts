/**
 * Seeds that failed once, kept for ever: what was wrong in one sentence, and the commit that mended it. A seed means
 * something only together with the world that it is drawn in: when world or model change, a kept seed may tell another
 * story; it must still pass, and the sentence says which test was written besides.
 */
export interface KeptSeed {
  readonly seed: number
  readonly wrong: string
  readonly mendedBy: string
}

export const keptSeeds: readonly KeptSeed[] = [
  {
    seed: 241,
    wrong: 'A disabled user whose device was on UDP went on getting his stored messages: nobody can close a UDP flow.',
    mendedBy: 'aed597d, Registrar.cutOff',
  },
  {
    seed: 201,
    wrong: 'The clock was set forwards, a worker died, and its successor ended registrations that had not expired.',
    mendedBy: '4fb3610, test/unit/runtime/real-clock.test.ts',
  },
  {
    seed: 52,
    wrong:
      'The clock was set back by an hour, and every new nonce was older than the epoch: nobody could sign in again.',
    mendedBy: 'nonces carry the steady wall clock',
  },
  {
    seed: 142,
    wrong: 'The same after a restart: the shard took every nonce made since for one whose uses it had not counted.',
    mendedBy: 'nonces carry the steady wall clock',
  },
  {
    seed: 879,
    wrong: 'Bindings without an instance, whose streams had died with the server, filled the places of devices: 403.',
    mendedBy: 'plan-register.ts, isForsaken',
  },
  {
    seed: 951,
    wrong:
      'A batch failed, and a message accepted in the same turn was not in memory after its user had been read again.',
    mendedBy: 'shard.ts, onBatch hands over before it reads',
  },
  {
    seed: 12123,
    wrong:
      'A device changed its flow while its 200 was on the bus: the message went by the new flow, the 200 was dropped.',
    mendedBy: 'Attempt.earlierNumbers, test/unit/messaging/queue.test.ts',
  },
]

/** Of the scenario of presence; beyond the 500 of CI. */
export const keptPresenceSeeds: readonly KeptSeed[] = [
  {
    seed: 1541,
    wrong: 'A subscription that was replaced came back after a failed batch and a restart.',
    mendedBy: '91eb132',
  },
  {
    seed: 1656,
    wrong: 'The checker: a PUBLISH that was carried out, lost its answer and was sent again had left two publications.',
    mendedBy: 'publications.ts, `doubtful`',
  },
  {
    seed: 1677,
    wrong: 'A watch whose verdict was lost was not asked for again: both ends had the pair.',
    mendedBy: '91eb132, watchHash',
  },
  {
    seed: 2213,
    wrong: 'What had ended, with its last NOTIFY still waiting, came back with a restart beside what replaced it.',
    mendedBy: 'notifier.ts, end; test/conformance/rfc6665/subscriptions.test.ts',
  },
  {
    seed: 2455,
    wrong: 'The run: it ended before stored subscriptions did, whose devices do not come back.',
    mendedBy: 'run-presence.ts, periodsMax',
  },
  {
    seed: 2503,
    wrong: 'The checker: a removal over UDP, sent again after a crash took its answer, is refused.',
    mendedBy: 'publications.ts, isLost',
  },
  {
    seed: 4950,
    wrong: 'The checker: a block cannot end a watch of which the presentity never heard, because the bus lost it.',
    mendedBy: 'history.ts, watchWasLost',
  },
  {
    seed: 6004,
    wrong: 'The checker: the same, with a batch that failed behind the block.',
    mendedBy: 'history.ts, watchWasLost',
  },
]
