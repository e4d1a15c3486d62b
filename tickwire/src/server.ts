/** The game server: rooms, authority, identity. */
export * from '@tickwire/server'
