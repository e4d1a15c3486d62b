export * from '../../tickwire/src/testing/stepper.ts'
