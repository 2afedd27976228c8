// A day on which every Kubernetes minor has years of support: what a program prints then does not
// depend on the calendar.
const EARLY = Date.UTC(2020, 0, 1);

globalThis.Date = class extends Date {
  constructor(...parts) {
    super(...(parts.length === 0 ? [EARLY] : parts));
  }

  static now() {
    return EARLY;
  }
};
