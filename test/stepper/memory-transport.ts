export * from '../../tickwire/src/testing/memory-transport.ts'
