// SPDX-License-Identifier: Apache-2.0
import { defineConfig, type ProxyOptions } from 'vite';

// `npm run dev` serves the page with live reload and passes the rest to a running Parley.
const server = process.env['PARLEY_URL'] ?? 'http://127.0.0.1:3000';

// Parley refuses a WebSocket or a change from a page of another origin, so the proxy speaks as Parley's own page.
const toParley: ProxyOptions = {
  target: server,
  changeOrigin: true,
  ws: true,
  configure: (proxy) => {
    proxy.on('proxyReq', (request) => request.setHeader('origin', server));
    proxy.on('proxyReqWs', (request) => request.setHeader('origin', server));
  },
};

export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    // Everything is a file of its own: the content security policy allows no data: addresses and no inline code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
  server: { proxy: { '/v1': toParley, '/api': toParley, '/info': toParley } },
});
