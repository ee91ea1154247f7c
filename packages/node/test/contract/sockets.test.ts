import * as library from '@session-fetch/node'
import { describeContract } from '@session-fetch/test-support/run-contract'

describeContract('the contract, over sockets of our own', library)
