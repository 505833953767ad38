/**
 * The last that happens to a delivery or an attempt whose time is up and whose unit of work threw (promise P4): it
 * goes out of the way, so that what its sender writes next need not wait behind it for ever. Nothing is stored.
 */
import { conclude } from './conclude.ts'
import type { Messaging } from './messaging.ts'
import { markEnded } from './on-outcome.ts'
import type { Attempt, Delivery } from './recipient.ts'

/** The sender hears 500: nothing was kept, also when it asks again. */
export function giveUpDelivery(messaging: Messaging, delivery: Delivery): void {
  messaging.runFor('delivery-failed', delivery.letter, (unit) =>
    conclude(messaging, unit, delivery, { act: 'failed' }, null),
  )
}

/** As if the device had said *not now*. A stored message stays, and is tried again after the pause. */
export function giveUpAttempt(messaging: Messaging, attempt: Attempt): void {
  messaging.runFor('outcome-failed', attempt, (unit) =>
    unit.change(() => {
      markEnded(messaging, { attempt, standing: 'not-now', status: 408, response: null })
      const { deviceKey, flowDeaths, recipient, sequence } = attempt
      const message = recipient.mail.get(sequence)
      message?.note(deviceKey, { doubt: 'silence', flowDeaths })
      if (message?.offeredTo === deviceKey) message.offeredTo = null
      messaging.pause(attempt)
    }),
  )
}
