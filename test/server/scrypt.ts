export * from '../../tickwire/src/testing/quick-scrypt.ts'
