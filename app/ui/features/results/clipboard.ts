/**
 * Puts a text on the clipboard that may still have to be fetched. Given as a promise, for WebKit allows it only within
 * the user's key press, and Chromium only within seconds of it. Rejects where text or clipboard cannot be had.
 */
export async function writeClipboard(text: Promise<string>): Promise<void> {
  const { clipboard } = navigator;
  if (typeof ClipboardItem === 'undefined') return clipboard.writeText(await text);
  const blob = text.then((value) => new Blob([value], { type: 'text/plain' }));
  await clipboard.write([new ClipboardItem({ 'text/plain': blob })]);
}
