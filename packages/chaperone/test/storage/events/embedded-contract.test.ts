import { eventStoreContract } from '../../../testkit/storage/event-store-contract.ts';
import { testEvents } from '../../../testkit/storage/test-events.ts';

eventStoreContract(testEvents);
