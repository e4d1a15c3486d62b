/** A file of its own: most games are not coded by models. */
export { BodyDecoder } from '@tickwire/protocol/internal'
