import './lib/zodPolicy.ts';
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import './styles/tokens.css';
import './styles/base.css';
import './styles/cells.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { createApp } from './createApp.ts';
import { openSession, openSocket, takeCode } from './lib/rpc/socket.ts';
import { WindowMemory } from './lib/windowMemory.ts';

let code = takeCode(location, history);

const { app, link } = createApp(new WindowMemory(sessionStorage), async (signal) => {
  const once = code;
  // Good for one try only; from then on cookie and key speak.
  code = undefined;
  return openSocket(await openSession(once, localStorage, signal), signal);
});

// The last moment in which a text can be kept: `unload` is not promised, and `beforeunload` would ask.
addEventListener('pagehide', () => {
  app.toasts.leave();
  app.documents.leave();
});
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') app.documents.leave();
});

// The browser hears of the network's return first. Where the engine is away, there is nothing that waits to be told.
addEventListener('online', () => void link.call('host.online', {}).catch(() => undefined));

const target = document.getElementById('app');
if (target) mount(App, { target, props: { app } });
link.start();
