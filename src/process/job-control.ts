/** How long a signal may take to be handled once the process runs again, in milliseconds. */
const continueDelay = 50;

/** How the shell stops and continues the process. */
export interface JobControl {
  /** Stops the whole job. */
  suspend(): void;
  /** Stops the whole job, which is in the background, until it may have the terminal. */
  waitBehind(): void;
  /** Continues after whatever stopped the process, including SIGSTOP, which cannot be caught. */
  goOn(): void;
  /** After a stop, does not continue by itself any more. */
  end(): void;
}

/** What the shell's control of a job needs of the screen. */
export interface JobScreen {
  /** Called before a stop. */
  leave(): void;
  /** Called after it. */
  comeBack(): void;
  /** Whether another job has the terminal. */
  isBehind(): boolean;
}

/** The caller listens to SIGTSTP (`suspend`) and SIGCONT (`goOn`). */
export function jobControl({ leave, comeBack, isBehind }: JobScreen): JobControl {
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** Stops the whole job, as the terminal does. If no process could continue it, the kernel does not stop it. */
  function stop(signal: 'SIGTSTP' | 'SIGTTOU'): void {
    leave();
    process.kill(0, signal);
    // After a stop the first timer fires at once, maybe before SIGCONT is handled; the second gives it time.
    timer = setTimeout(() => {
      timer = setTimeout(resume, continueDelay);
    }, 0);
  }

  function suspend(): void {
    process.off('SIGTSTP', suspend);
    stop('SIGTSTP');
  }

  function waitBehind(): void {
    stop('SIGTTOU');
  }

  function goOn(): void {
    clearTimeout(timer);
    if (!isBehind()) resume();
    // `kill` of a shell continues a stopped job: what ends it may come after SIGCONT.
    else timer = setTimeout(() => (isBehind() ? waitBehind() : resume()), continueDelay);
  }

  function resume(): void {
    process.off('SIGTSTP', suspend);
    process.on('SIGTSTP', suspend);
    comeBack();
  }

  return { suspend, waitBehind, goOn, end: () => clearTimeout(timer) };
}
