export * from '../../tickwire/src/testing/fake-clock.ts'
