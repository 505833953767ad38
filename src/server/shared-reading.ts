/**
 * A reading that costs much, shared by those who ask at once: whoever asks while one runs gets the next, which begins
 * after everything that he may have been told before he asked.
 */
export class SharedReading<T> {
  readonly #read: () => Promise<T>
  #running: Promise<T> | null = null
  #next: Promise<T> | null = null

  constructor(read: () => Promise<T>) {
    this.#read = read
  }

  get(): Promise<T> {
    if (!this.#running) return this.#begin()
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = null
        return this.#begin()
      })
    return this.#next
  }

  #begin(): Promise<T> {
    const running = this.#read()
    this.#running = running
    const isOver = () => {
      if (this.#running === running) this.#running = null
    }
    running.then(isOver, isOver)
    return running
  }
}
