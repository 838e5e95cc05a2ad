import { EventEmitter } from 'node:events';

/** A thread that a limit on tasks keeps from starting: it exists, then reports an error without having run. */
export class FailingWorker extends EventEmitter {
  constructor() {
    super();
    setImmediate(() => this.emit('error', new Error('ERR_WORKER_INIT_FAILED')));
  }
}
