import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/**
 * Makes wasm-vips fit for a page whose content security policy forbids `eval`, and for a bundler.
 *
 * Its glue (Emscripten's embind) composes a function for each native method as text and evaluates it; Emscripten itself
 * has closures for that behind a build option (`-sDYNAMIC_EXECUTION=0`), which wasm-vips is not built with. The two
 * places are replaced by the same closures. The addresses that the glue would find beside its own file are handed in
 * by `decoders/vips.ts`, so the bundler must not follow them.
 */
export function vipsWithoutEval(): Plugin {
  return {
    name: 'vips-without-eval',
    enforce: 'pre',
    transform(code, id) {
      if (!/wasm-vips[/\\]lib[/\\]vips-es6\.js/.test(id)) return null;
      let result = code;
      for (const [what, find, replacement] of replacements) {
        const parts = result.split(find);
        if (parts.length !== 2) {
          throw new Error(
            `wasm-vips has changed: its ${what} was found ${parts.length - 1} times instead of once. See src/cli/vips-plugin.ts.`,
          );
        }
        result = parts.join(replacement);
      }
      // Used only by plug-ins with code in text (EM_ASM), which those of wasm-vips are without.
      result = result.replaceAll('=eval(', '=refuseText(');
      return { code: `${result}\n${closures}`, map: null };
    },
  };
}

/** Takes the way for Node out of lerc's glue, of which a bundler for browsers warns at every build. */
export function lercForBrowsers(): Plugin {
  return {
    name: 'lerc-for-browsers',
    enforce: 'pre',
    transform(code, id) {
      if (!/lerc[/\\]LercDecode\.es\.js/.test(id)) return null;
      return { code: code.replace('import(/*webpackIgnore:true*/"module")', '{}'), map: null };
    },
  };
}

/**
 * Puts wasm-vips' licence and the list of what it is built of beside the page, as the LGPL asks of whoever hands it on; the
 * licences that the list names lie in `public/licences`.
 */
export function vipsLicences(): Plugin {
  return {
    name: 'vips-licences',
    apply: 'build',
    generateBundle() {
      const part = (file: string) =>
        readFileSync(new URL(`../../node_modules/wasm-vips/${file}`, import.meta.url), 'utf8').trim();
      const source = [
        '# wasm-vips',
        'The files `vips*.wasm` and `vips-es6*.js` are wasm-vips, unchanged but for two functions of its glue that composed code',
        'from text. Its source, and how to build it anew: <https://github.com/kleisauke/wasm-vips>. They may be replaced by',
        'files of the same names.',
        `\`\`\`\n${part('LICENSE')}\n\`\`\``,
        part('THIRD-PARTY-NOTICES.md'),
        'Versions of these libraries:',
        `\`\`\`json\n${part('versions.json')}\n\`\`\`\n`,
      ].join('\n\n');
      this.emitFile({ type: 'asset', fileName: 'licences/wasm-vips.md', source });
    },
  };
}

/** What, the text as it stands once in the glue of wasm-vips 0.0.19, and what takes its place. */
const replacements: readonly (readonly [string, string, string])[] = [
  ['invoker', '(new Function(v,n+"}\\n"))(...d)', 'closureInvoker(v,n,d)'],
  ['method caller', '(new Function(Object.keys(h),l))(...Object.values(h))', 'closureCaller(c,h,l)'],
  [
    'thread',
    'new Worker(new URL("vips-es6.js",import.meta.url),{type:"module",name:"em-pthread"})',
    'Module.startThread()',
  ],
  ['binary', '(new URL("vips.wasm",import.meta.url)).href', '"vips.wasm"'],
];

/** What the composed functions do: see `craftInvokerFunction` and `_emval_create_invoker` in Emscripten's embind. */
const closures = `
function refuseText() {
  throw new Error('code in text is not run here');
}
function closureInvoker(names, body, values) {
  const named = Object.fromEntries(names.map((name, i) => [name, values[i]]));
  const wires = names.filter((name) => /^toArg\\d+Wire$/.test(name)).map((name) => named[name]);
  const free = names.filter((name) => name.endsWith('_dtor'))
    .map((name) => [name.startsWith('this') ? 0 : Number(name.slice(3, -10)), named[name]]);
  const { invoker, fn, runDestructors, fromRetWire, toClassParamWire, stackSave, stackRestore } = named;
  const onThis = body.includes('var thisWired');
  const collects = body.includes('var destructors');
  const returns = body.includes('return ret;');
  return function (...args) {
    const destructors = collects ? [] : null;
    const sp = stackSave?.();
    const wired = onThis ? [toClassParamWire(destructors, this)] : [];
    let result;
    try {
      wires.forEach((wire, i) => wired.push(wire(destructors, args[i])));
      result = invoker(fn, ...wired);
    } finally {
      stackRestore?.(sp);
    }
    if (collects) runDestructors(destructors);
    else for (const [i, destroy] of free) destroy(wired[onThis ? i + 1 : i]);
    return returns ? fromRetWire(result) : undefined;
  };
}
function closureCaller(kind, named, body) {
  const { toValue, getStringOrSymbol, toReturnWire, emval_returnValue } = named;
  const readers = Object.keys(named).filter((name) => name.startsWith('argFromPtr')).map((name) => named[name]);
  return function (handle, methodName, destructorsRef, at) {
    const args = readers.map((read, i) => read(at + 8 * i));
    let result;
    if (kind === 0) result = toValue(handle)(...args);
    else if (kind === 1) result = toValue(handle)[getStringOrSymbol(methodName)](...args);
    else if (kind === 2) result = new (toValue(handle))(...args);
    else result = args.at(-1);
    return toReturnWire === undefined ? undefined : emval_returnValue(toReturnWire, destructorsRef, result);
  };
}
`;
