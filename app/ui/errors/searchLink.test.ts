import { describe, expect, it } from 'vitest';
import { searchLink } from './searchLink.ts';

const query = (message: string, sqlstate?: string) =>
  new URL(searchLink({ message, ...(sqlstate ? { sqlstate } : {}) })).searchParams.get('q');

describe('a search for an error', () => {
  it('holds its SQLSTATE and its words, and nothing that is the user’s own', () => {
    expect(query('Column "salary" does not exist.', '42703')).toBe('postgresql 42703 Column does not exist');
    expect(
      query(
        'Duplicate key value violates unique constraint "users_email_key": Key (email)=\'a@b.c\'',
        '23505',
      ),
    ).toBe('postgresql 23505 Duplicate key value violates unique constraint Key email');
    expect(query("invalid input syntax for type integer: '12a'; 4111-1111 at 10.0.0.7")).toBe(
      'postgresql invalid input syntax for type integer at',
    );
  });
});
