import { describe, expect, it } from 'vitest';
import { Door } from './door.ts';

function createDoor(): { door: Door; pass: (ms: number) => void } {
  let now = 0;
  const door = new Door(4321, () => now);
  return { door, pass: (ms) => (now += ms) };
}

const cookieOf = (door: Door): string => door.setCookie.split(';', 1)[0] ?? '';

describe('the one-time code', () => {
  it('is 256 bits, never the same, and opens once', () => {
    const { door } = createDoor();
    const codes = new Set(Array.from({ length: 100 }, () => door.issueCode()));
    expect(codes.size).toBe(100);
    const code = door.issueCode();
    expect(Buffer.from(code, 'base64url')).toHaveLength(32);
    expect(door.redeemCode(`${code}x`)).toBe(false);
    expect(door.redeemCode('')).toBe(false);
    expect(door.redeemCode(code)).toBe(true);
    expect(door.redeemCode(code)).toBe(false);
  });

  it('is dead once another was issued', () => {
    const { door } = createDoor();
    const first = door.issueCode();
    const second = door.issueCode();
    expect(door.redeemCode(first)).toBe(false);
    expect(door.redeemCode(second)).toBe(true);
  });

  it('is dead after its time, and good for ever where it has none', () => {
    const { door, pass } = createDoor();
    const hurried = door.issueCode(60_000);
    pass(60_000);
    expect(door.redeemCode(hurried)).toBe(false);
    const printed = door.issueCode();
    pass(1e9);
    expect(door.redeemCode(printed)).toBe(true);
  });
});

describe('the cookie', () => {
  it('names the port, is kept from scripts and from other sites', () => {
    const { door } = createDoor();
    expect(door.setCookie).toMatch(/^hawser-4321=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
  });

  it('is known among others, and only as it is', () => {
    const { door } = createDoor();
    const cookie = cookieOf(door);
    expect(door.knowsCookie(cookie)).toBe(true);
    expect(door.knowsCookie(`theme=dark; hawser-1=x;  ${cookie}; hawser-4321=`)).toBe(true);
    expect(door.knowsCookie(undefined)).toBe(false);
    expect(door.knowsCookie(cookie.slice(0, -1))).toBe(false);
    expect(door.knowsCookie(cookie.replace('4321', '4322'))).toBe(false);
    expect(door.knowsCookie(cookieOf(createDoor().door))).toBe(false);
  });
});

describe('the key', () => {
  it('counts only together with the cookie', () => {
    const { door } = createDoor();
    const cookie = cookieOf(door);
    expect(door.knowsPage(cookie, door.key)).toBe(true);
    expect(door.knowsPage(cookie, '')).toBe(false);
    expect(door.knowsPage(cookie, createDoor().door.key)).toBe(false);
    expect(door.knowsPage(undefined, door.key)).toBe(false);
    expect(cookie).not.toContain(door.key);
  });
});

describe('first-frame tokens', () => {
  it('are good once, and for half a minute', () => {
    const { door, pass } = createDoor();
    const [used, late] = [door.issueToken(), door.issueToken()];
    expect(door.redeemToken(used)).toBe(true);
    expect(door.redeemToken(used)).toBe(false);
    pass(30_000);
    expect(door.redeemToken(late)).toBe(false);
    expect(door.redeemToken('')).toBe(false);
  });

  it('make way for newer ones when nobody uses them', () => {
    const { door } = createDoor();
    const oldest = door.issueToken();
    const others = Array.from({ length: 32 }, () => door.issueToken());
    expect(door.redeemToken(oldest)).toBe(false);
    expect(others.every((token) => door.redeemToken(token))).toBe(true);
  });
});
