/**
 * Names of people and who has them, in one process or in many. Every method may fail, and each is one atomic step. Names are
 * compared as they are.
 */
export interface Names {
  /** Gives the holder a name instead of the one that it has. False: somebody else has it. */
  claim(name: string, holder: NameHolder): Promise<boolean>
  /** The holder's name is free again; without one nothing happens. */
  release(holder: NameHolder): Promise<void>
  /** Where whoever has this name is, or null if nobody has. */
  find(name: string): Promise<Presence | null>
  /** Hands a message to whoever has this name. False: nobody. */
  tell(name: string, message: DirectMessage): Promise<boolean>
}

/** Somebody with a name. The same object is the same holder. */
export interface NameHolder {
  readonly userId: string
  /** Asked for whenever somebody looks for it: what nobody looks for costs nothing. */
  presence(): Omit<Presence, 'userId'>
  deliver(message: DirectMessage): void
}

export interface Presence {
  readonly userId: string
  readonly status: string
  /** A room that lists show, or null. */
  readonly roomId: string | null
}

export interface DirectMessage {
  /** Who sent it: an alias is somebody else's tomorrow. */
  readonly userId: string
  readonly from: string
  readonly text: string
}

/** The names of one process. Each method is done before it returns its promise, so each is atomic. */
export class MemoryNames implements Names {
  private readonly holders = new Map<string, NameHolder>()
  private readonly names = new Map<NameHolder, string>()

  async claim(name: string, holder: NameHolder): Promise<boolean> {
    const other = this.holders.get(name)
    if (other !== undefined && other !== holder) return false
    this.free(holder)
    this.holders.set(name, holder)
    this.names.set(holder, name)
    return true
  }

  async release(holder: NameHolder): Promise<void> {
    this.free(holder)
  }

  async find(name: string): Promise<Presence | null> {
    const holder = this.holders.get(name)
    return holder === undefined ? null : { userId: holder.userId, ...holder.presence() }
  }

  async tell(name: string, message: DirectMessage): Promise<boolean> {
    const holder = this.holders.get(name)
    holder?.deliver(message)
    return holder !== undefined
  }

  private free(holder: NameHolder): void {
    const name = this.names.get(holder)
    if (name === undefined) return
    this.names.delete(holder)
    this.holders.delete(name)
  }
}
