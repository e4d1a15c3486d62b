/** Both ends compare this in the handshake. Written out, so that a page need not have the schema in order to say it. */
export const LOBBY_HASH: number = 2_497_329_497
