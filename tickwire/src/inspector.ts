/** The overlay for developers, and the traces that it saves. */
export * from '@tickwire/sdk/inspector'
