/** How the cells of every grid look, as the settings say it; a grid is made anew where it changes. */
export const cellLook = {
  nullText: 'NULL',
  /** JetBrains Mono is 0.6 of its size wide. */
  charWidth: 7.2,
};

export function setCellLook({ nullText, fontSize }: { nullText: string; fontSize: number }): void {
  cellLook.nullText = nullText;
  cellLook.charWidth = fontSize * 0.6;
}
