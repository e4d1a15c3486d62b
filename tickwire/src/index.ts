/** The schema and the simulation: what both ends of a game import. */
export * from '@tickwire/protocol'
