// Notices that a key may have been meant for another moment: the clock was set, the machine slept, or the screen stood still.

export type ClockWatch = {
  /** Whether time was lost since the last time that this was asked. */
  hasLost(): boolean;
  /** While a key would decide: a program that was stopped, or too busy to draw, shows nothing, and keys come to it all the same. */
  attend(isDeciding: boolean): void;
};

/** `steady` is a clock that nobody sets, in milliseconds; it may stand still while the machine sleeps. */
export function clockWatch(now: () => number, steady: () => number): ClockWatch {
  let apart = now() - steady();
  let beaten = steady();
  let beat: NodeJS.Timeout | null = null;
  let stoodStill = false;
  // Also the beat itself comes late after a stop, and often before the keys that were typed meanwhile.
  const tick = (): void => {
    stoodStill ||= beat !== null && steady() - beaten > STILL;
    beaten = steady();
  };
  return {
    hasLost() {
      const before = apart;
      apart = now() - steady();
      tick();
      const stood = stoodStill;
      stoodStill = false;
      return stood || Math.abs(apart - before) > SET;
    },
    attend(isDeciding) {
      if (isDeciding === (beat !== null)) return;
      if (beat !== null) clearInterval(beat);
      beaten = steady();
      stoodStill = false;
      beat = isDeciding ? setInterval(tick, BEAT).unref() : null;
    },
  };
}

const SET = 250; // less than half of the shortest pause that keys are held back for
const BEAT = 200;
const STILL = 1200;
