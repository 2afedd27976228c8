export interface Quote {
  readonly id: string;
  readonly text: string;
}

export const quotes: readonly Quote[] = [
  { id: "1", text: "A dashboard nobody opens is a decoration." },
  { id: "2", text: "An alert without a runbook is a riddle at night." },
  { id: "3", text: "The average was fine; the user was not." },
  { id: "4", text: "Every metric is a question that somebody once had." },
  { id: "5", text: "An error budget is there to be spent." },
];
