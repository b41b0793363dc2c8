/** What the page asks the gateway to say about a query. */
export type ExplainMode = 'off' | 'plan' | 'analyze';

/** The choices in the order of the control. */
export const EXPLAIN_MODES: readonly ExplainMode[] = ['off', 'plan', 'analyze'];

/** The last query's answer, as the pane shows it. */
export interface Answer {
  operation: string;
  /** The path of the endpoint that answered. */
  path: string;
  mode: ExplainMode;
  /** The plan's text; empty when the answer carries none. */
  plan: string;
  status: number;
  bytes: number;
  /** From sending the query to the last byte of its answer. */
  milliseconds: number;
  /** How many events of a subscription came so far; null for what is none. */
  events: number | null;
}

/**
 * The plan's text out of a response: extensions.explain is the text itself or
 * an object whose member plan is. Any other shape is shown as JSON rather
 * than dropped.
 */
export function planOf(response: unknown): string {
  const explain = member(member(response, 'extensions'), 'explain');
  if (explain === undefined || explain === null) return '';
  if (typeof explain === 'string') return explain;
  const text = member(explain, 'plan');
  return typeof text === 'string' ? text : JSON.stringify(explain, null, 2);
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
