import type { DiagnosticEvent, DiagnosticType } from './event.ts';

export interface EventFilter {
  type?: DiagnosticType | undefined;
  connectionId?: string | undefined;
  text?: string | undefined;
  before?: number | undefined;
}

/** For both ends: what is listed, and what of the news belongs to it. */
export function fits(event: DiagnosticEvent, { type, connectionId, text, before }: EventFilter): boolean {
  if (type !== undefined && event.type !== type) return false;
  if (connectionId !== undefined && event.connectionId !== connectionId) return false;
  if (before !== undefined && event.id >= before) return false;
  return text === undefined || JSON.stringify(event).toLowerCase().includes(text.toLowerCase());
}
