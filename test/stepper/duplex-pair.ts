export * from '../../tickwire/src/testing/duplex-pair.ts'
