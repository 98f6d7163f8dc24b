/** Colours for connections, told apart in light and in dark; none of them is one that means a state. */
export const colors = [
  { value: '#5b6ee1', name: 'Indigo' },
  { value: '#2f9bd8', name: 'Blue' },
  { value: '#1fa6a0', name: 'Teal' },
  { value: '#7aa73b', name: 'Olive' },
  { value: '#d8a31f', name: 'Yellow' },
  { value: '#d9713c', name: 'Orange' },
  { value: '#c95398', name: 'Pink' },
  { value: '#8f63c9', name: 'Violet' },
] as const;
