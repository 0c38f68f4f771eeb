import { describe } from 'vitest'
import { busContract } from '../../contracts/bus.contract.js'
import { freshNamespace, openBus, removeNamespace } from './kafka-house.js'

describe('the Kafka bus keeps the contract of Bus', () => {
  busContract(async () => {
    const namespace = freshNamespace()
    // The order across keys, which some of these tests look at, is one partition's.
    const open = () => openBus({ namespace, partitions: 1 })
    let bus = await open()
    return {
      bus,
      reopen: async () => {
        await bus.close()
        bus = await open()
        return bus
      },
      destroy: async () => {
        await bus.close()
        await removeNamespace(namespace)
      },
    }
  })
})
