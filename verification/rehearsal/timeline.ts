import type { Span } from "../../simulation/cloud/behaviour";

interface Waiting {
  readonly span: Span;
  readonly finish: () => void;
}

/**
 * The account's virtual clock. A call is answered when no other has come for a few milliseconds: the
 * clock is then set to the end of the earliest call, and that call is answered.
 */
export class Timeline {
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    public now = 0,
    /** Calls with less time than this between them count as made at the same moment. */
    public quietMilliseconds = 20,
  ) {}

  /** Answers after `seconds` with what `effect` returns or throws at that moment. */
  perform<T>(seconds: number, effect: (span: Span) => T): Promise<T> {
    const span = { start: this.now, end: this.now + seconds };
    return new Promise<T>((resolve, reject) => {
      const finish = () => {
        try {
          resolve(effect(span));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      this.waiting.push({ span, finish });
      this.waitForQuiet();
    });
  }

  /** The caller is gone: calls that have begun take effect all the same. */
  settle(): void {
    clearTimeout(this.timer);
    while (this.waiting.length > 0) this.finishEarliest();
  }

  private waitForQuiet(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.finishEarliest();
      if (this.waiting.length > 0) this.waitForQuiet();
    }, this.quietMilliseconds);
  }

  private finishEarliest(): void {
    const end = Math.min(...this.waiting.map(({ span }) => span.end));
    const due = this.waiting.filter(({ span }) => span.end === end);
    this.waiting = this.waiting.filter(({ span }) => span.end !== end);
    this.now = end;
    due.forEach(({ finish }) => {
      finish();
    });
  }
}
