// Starts a world's daemon behind the recording proxy, for every test that drives the real programs.
import { Judge, loadAjv } from './judge.mjs';
import { Proxy } from './proxy.mjs';

// `findings()` gives what ajv has to say about all exchanges so far (nothing where ajv is not installed: then `judge`
// is false).
export async function startJudged(world) {
  let proxy;
  await world.startDaemon({
    through: async (target) => {
      proxy = new Proxy(target);
      return proxy.listen();
    },
  });
  const ajv = loadAjv();
  const openapi = ajv && (await world.get('/openapi.json'));
  return {
    judge: ajv !== null,
    exchanges: proxy.exchanges,
    findings: () => (ajv ? [...new Set(new Judge(ajv, openapi).judge(proxy.exchanges))] : []),
    close: () => proxy.close(),
  };
}
