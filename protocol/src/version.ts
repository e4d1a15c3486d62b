/** Raised by every change after which the two ends cannot talk to each other. */
export const PROTOCOL_VERSION = 1

/** "TKWR", read as a little-endian u32: the first four bytes of a connection, so that a stranger is told apart at once. */
export const MAGIC = 0x5257_4b54
