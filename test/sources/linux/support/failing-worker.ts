import { EventEmitter } from 'node:events';

/** What a limit on tasks makes of a thread: it is there, fails, and has done nothing. */
export class FailingWorker extends EventEmitter {
  constructor() {
    super();
    setImmediate(() => this.emit('error', new Error('ERR_WORKER_INIT_FAILED')));
  }
}
