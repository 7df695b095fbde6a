// Reads large indicator feeds beside the main thread; the store's memory is shared, so only its address travels.
import { parentPort, workerData } from 'node:worker_threads';
import { readHere } from './read-files.ts';

parentPort!.postMessage(readHere(workerData as readonly string[]));
