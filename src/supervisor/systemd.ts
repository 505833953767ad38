/**
 * What systemd is told by a service of `Type=notify` (sd_notify(3)): that it serves, that it still turns, that it
 * stops. Node has no datagrams on unix sockets, so systemd's own `systemd-notify` carries the words; the unit needs
 * `NotifyAccess=all` for that.
 */
import { execFile } from 'node:child_process'

/** A message takes milliseconds; one that does not go out must not keep anybody. */
const notifyDeadlineMs = 5_000
/** systemd advises half of the time that it waits. */
const watchdogShare = 2

export interface SystemdOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** `systemd-notify` is not there, or fails: said once. */
  readonly onFault: (reason: string) => void
}

export class Systemd {
  readonly #options: SystemdOptions
  #watchdog: NodeJS.Timeout | null = null
  #isFaulty = false

  private constructor(options: SystemdOptions) {
    this.#options = options
  }

  /** Null where nobody waits for word. */
  static of(options: SystemdOptions): Systemd | null {
    return options.env.NOTIFY_SOCKET ? new Systemd(options) : null
  }

  /** From now on it is also told that this process turns; a thread that hangs is the server's own watchdog's. */
  async ready(status: string): Promise<void> {
    await this.#notify('READY=1', `STATUS=${status}`)
    const periodMs = watchdogPeriodMs(this.#options.env)
    if (periodMs === null) return
    this.#watchdog = setInterval(() => void this.#notify('WATCHDOG=1'), periodMs / watchdogShare)
    this.#watchdog.unref()
  }

  async stopping(): Promise<void> {
    if (this.#watchdog) clearInterval(this.#watchdog)
    await this.#notify('STOPPING=1', 'STATUS=stopping')
  }

  #notify(...words: readonly string[]): Promise<void> {
    const { env } = this.#options
    return new Promise((resolve) => {
      execFile('systemd-notify', [...words], { env: { ...env }, timeout: notifyDeadlineMs }, (error) => {
        if (error && !this.#isFaulty) this.#options.onFault(error.message.split('\n')[0] ?? '')
        this.#isFaulty ||= error !== null
        resolve()
      })
    })
  }
}

/** Null: systemd does not wait for this, or not for this process. */
function watchdogPeriodMs({ WATCHDOG_USEC: micros, WATCHDOG_PID: pid }: SystemdOptions['env']): number | null {
  if (pid !== undefined && Number(pid) !== process.pid) return null
  const ms = Number(micros) / 1000
  return ms > 0 ? ms : null
}
