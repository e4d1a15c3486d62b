/** The client: browser window, Worker and Node. */
export * from '@tickwire/sdk'
