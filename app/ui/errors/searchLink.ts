import type { ErrorEnvelope } from '#shared/error/envelope.ts';

/** Names, values and numbers stand in quotes or are digits; they are nobody else's business, and nobody wrote of them. */
const own = /"[^"]*"|'[^']*'|“[^”]*”|«[^»]*»|„[^“]*“|\b\d[\w.:+-]*/g;

/** A search of the web for an error of the server: its SQLSTATE and its words, without what is the user's own. */
export function searchLink({ sqlstate, message }: Pick<ErrorEnvelope, 'sqlstate' | 'message'>): string {
  const words = message.replace(own, ' ').replace(/[^\p{L}\p{N}\s_-]+/gu, ' ');
  const query = ['postgresql', sqlstate, ...words.split(/\s+/)].filter(Boolean).join(' ');
  return `https://duckduckgo.com/?${new URLSearchParams({ q: query }).toString()}`;
}
