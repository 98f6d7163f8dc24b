import type { Component } from 'svelte';

export interface MenuItem {
  label: string;
  icon?: Component<{ size?: number }>;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  /** A line above it. */
  separated?: boolean;
  /** One of several that exclude each other: whether it is the one. */
  checked?: boolean;
  /** Shown as a square before the label. */
  color?: string;
  /** Indentation, for lists that show a tree. */
  level?: number;
  run: () => void;
}

/** Where a menu opens, in pixels of the window. */
export interface MenuPlace {
  x: number;
  y: number;
}
