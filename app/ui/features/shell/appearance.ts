import type { Settings } from '#shared/settings/settings.ts';
import { setCellLook } from '../../components/grid/cellLook.ts';

/** Everything of the settings that is a matter of looks, put where styles and grids find it. */
export function showAppearance(settings: Settings, { dataset, style }: HTMLElement): void {
  const { theme, editorFontSize, resultFontSize, nullText } = settings;
  if (theme === 'system') delete dataset.theme;
  else dataset.theme = theme;
  style.setProperty('--editor-font-size', `${editorFontSize}px`);
  style.setProperty('--editor-line-height', `${Math.round(editorFontSize * 1.55)}px`);
  style.setProperty('--result-font-size', `${resultFontSize}px`);
  setCellLook({ nullText, fontSize: resultFontSize });
}
