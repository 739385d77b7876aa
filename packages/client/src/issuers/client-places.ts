/** The places for clients of found issuers. Clients whose tokens pass are kept longest. */
import type { IntrospectionClient } from '../introspection-client.ts'
import type { FoundIssuer } from './found-issuer.ts'

/**
 * Two lists, each with the client that was used last at its end. A new client is on trial in one of an eighth of the places.
 * It gets another place when one of its tokens passes. Anybody can name an existing issuer, but without a good token
 * nobody can displace a client that has seen one.
 */
export class ClientPlaces {
  readonly #onTrial = new Map<string, FoundIssuer>()
  readonly #proven = new Map<string, FoundIssuer>()
  readonly #maxOnTrial: number
  readonly #maxProven: number
  /** Clients without a place that are in use or watch tokens, with their issuers. */
  readonly #leaving = new Map<IntrospectionClient, FoundIssuer>()
  /** How many calls use a client, or wait for a client of an issuer, by its name. */
  readonly #holds = new Map<IntrospectionClient | string, number>()

  constructor(maxClients: number) {
    this.#maxOnTrial = Math.max(1, Math.floor(maxClients / 8))
    this.#maxProven = maxClients - this.#maxOnTrial
  }

  get size(): number {
    return this.#onTrial.size + this.#proven.size
  }

  all(): FoundIssuer[] {
    return [...this.#proven.values(), ...this.#onTrial.values()]
  }

  /** Whether a client still has its place. */
  has(found: FoundIssuer): boolean {
    return (this.#proven.get(found.name) ?? this.#onTrial.get(found.name)) === found
  }

  /** The client of an issuer. It now counts as used last. */
  get(name: string): FoundIssuer | undefined {
    const places = this.#proven.has(name) ? this.#proven : this.#onTrial
    const found = places.get(name)
    if (found !== undefined) moveToEnd(places, found)
    return found
  }

  /** Gives a client the place of the former client of its issuer, or a place on trial. */
  put(found: FoundIssuer): void {
    const isProven = this.#proven.has(found.name)
    this.remove(found.name)
    const [places, max] = isProven ? [this.#proven, this.#maxProven] : [this.#onTrial, this.#maxOnTrial]
    this.#add(places, max, found)
  }

  /** Notes that a token of a client has passed. A client that has just lost its place gets one, unless another has it. */
  prove(found: FoundIssuer): void {
    const { name, client } = found
    if (this.#proven.has(name)) return
    const onTrial = this.#onTrial.get(name)
    if (onTrial === undefined ? !this.#leaving.delete(client) : onTrial !== found) return
    this.#onTrial.delete(name)
    this.#add(this.#proven, this.#maxProven, found)
  }

  /**
   * Keeps a client open, or each client of an issuer, although it loses its place.
   *
   * @param held - a client, or the name of an issuer.
   * @returns a function that ends this.
   */
  hold(held: IntrospectionClient | string): () => void {
    this.#holds.set(held, (this.#holds.get(held) ?? 0) + 1)
    return () => {
      const left = (this.#holds.get(held) ?? 0) - 1
      if (left > 0) this.#holds.set(held, left)
      else this.#holds.delete(held)
      this.#closeLeaving()
    }
  }

  /** Takes the place of a client away. The client is closed when no call uses it and it watches no token any more. */
  remove(name: string): void {
    const found = this.#take(name)
    if (found === undefined) return
    this.#leaving.set(found.client, found)
    this.#closeLeaving()
  }

  /** Closes the client of an issuer at once, with its watches, and its clients without a place. */
  end(name: string): void {
    closeQuietly(this.#take(name)?.client)
    for (const [client, found] of this.#leaving) {
      if (found.name !== name) continue
      this.#leaving.delete(client)
      closeQuietly(client)
    }
  }

  /** Closes all clients. */
  async close(): Promise<void> {
    const clients = [...this.all().map(({ client }) => client), ...this.#leaving.keys()]
    this.#onTrial.clear()
    this.#proven.clear()
    this.#leaving.clear()
    await Promise.all(clients.map((client) => client.close()))
  }

  #take(name: string): FoundIssuer | undefined {
    const found = this.#proven.get(name) ?? this.#onTrial.get(name)
    this.#proven.delete(name)
    this.#onTrial.delete(name)
    return found
  }

  #add(places: Map<string, FoundIssuer>, max: number, found: FoundIssuer): void {
    places.set(found.name, found)
    const [oldest] = places.keys()
    if (places.size > max && oldest !== undefined) this.remove(oldest)
    else this.#closeLeaving()
  }

  #closeLeaving(): void {
    for (const [client, { name }] of this.#leaving) {
      if (this.#holds.has(client) || this.#holds.has(name) || client.statistics().watched > 0) continue
      this.#leaving.delete(client)
      closeQuietly(client)
    }
  }
}

function moveToEnd(places: Map<string, FoundIssuer>, found: FoundIssuer): void {
  places.delete(found.name)
  places.set(found.name, found)
}

/** Lets calls on their way finish. Each call reports its own failure. */
function closeQuietly(client: IntrospectionClient | undefined): void {
  client?.close().catch(() => undefined)
}
