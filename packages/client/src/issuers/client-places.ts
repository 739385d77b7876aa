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
  /** Clients without a place that still watch tokens. */
  readonly #leaving = new Set<IntrospectionClient>()

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

  /** Notes that a token of a client has passed. */
  prove(found: FoundIssuer): void {
    if (this.#onTrial.get(found.name) !== found) return
    this.#onTrial.delete(found.name)
    this.#add(this.#proven, this.#maxProven, found)
  }

  /** Takes the place of a client away. The client is closed when it watches no token any more. */
  remove(name: string): void {
    const found = this.#take(name)
    if (found === undefined) return
    this.#leaving.add(found.client)
    this.#closeLeaving()
  }

  /** Closes the client of an issuer at once, with its watches. */
  end(name: string): void {
    closeQuietly(this.#take(name)?.client)
  }

  /** Closes all clients. */
  async close(): Promise<void> {
    const clients = [...this.all().map(({ client }) => client), ...this.#leaving]
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
    for (const client of this.#leaving) {
      if (client.statistics().watched > 0) continue
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
