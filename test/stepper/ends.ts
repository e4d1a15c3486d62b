export * from '../../tickwire/src/testing/ends.ts'
