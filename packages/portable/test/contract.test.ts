import * as library from '@session-fetch/portable'
import { describeContract } from '@session-fetch/test-support/run-contract'

describeContract("the contract, over the platform's fetch", library, {
  'transports: calls in sequence share a connection; a browser manages its own':
    "Node's fetch alternates between two connections",
})
