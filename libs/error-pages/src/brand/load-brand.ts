/**
 * Duty: from a brand directory to the brands that it describes, or all that is wrong with it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { err, ok, type Result } from '@gatehouse/core';
import { applyLayer, type LayerAssets } from './apply-layer.ts';
import type { Language } from '../negotiation/page-language.ts';
import { createPageCaches } from '../prepare-brand.ts';
import { fileVersion } from './brand-directory.ts';
import { BrandFiles } from './brand-files.ts';
import { describeKey, unexpectedProblem, type BrandProblem, type KeyPath } from './brand-problem.ts';
import type { BrandLayer } from './brand-schema.ts';
import { brandForAll, type BrandSet } from './brand-set.ts';
import { TEMPLATE_NAMES, type Brand, type TemplateName } from './brand.ts';
import { checkBrand } from './check-brand.ts';
import { pageFaults, sizeWarning, type PageFault } from './check-pages.ts';
import { checkColours } from './check-colours.ts';
import { maxBrandYamlBytes, parseBrandYaml, type BrandYaml } from './parse-brand-yaml.ts';

const brandFile = 'brand.yaml';
/** A host that changes one text of a language has a list of all of them. */
const maxTexts = 10_000;

/** What a brand directory holds at one moment. */
export interface LoadedBrand {
  readonly brands: BrandSet;
  readonly warnings: readonly BrandProblem[];
}

/** What a look into a brand directory gave. */
export interface BrandReading {
  readonly result: Result<LoadedBrand, readonly BrandProblem[]>;
  /** All files that were asked for, there or not, with their `fileVersion` from before they were read. */
  readonly versions: ReadonlyMap<string, string>;
  /** Differs when what was found in those files differs, and so whenever the result does. */
  readonly digest: string;
}

/**
 * Reads the directory; `standard` says what brand.yaml leaves out. A directory without a brand.yaml is no mistake, since
 * the ConfigMap of a Pod may be optional: it means `standard` alone. Never rejects; tells all problems at once.
 */
export async function loadBrand(directory: string, standard: Brand): Promise<BrandReading> {
  const reader = new BrandReader(directory);
  const result = await reader.read(standard).catch((error: unknown) => err([unexpectedProblem(error)]));
  // That the directory is not there is no file, so the digest has to be told how it went.
  return { result, versions: reader.files.versions, digest: reader.files.digest(String(result.ok)) };
}

class BrandReader {
  readonly files: BrandFiles;
  readonly #directory: string;
  readonly #problems: BrandProblem[] = [];
  readonly #caches = createPageCaches();
  /** Of the whole brand: its hosts and namespaces have them, too. */
  #baseFaults: readonly PageFault[] = [];
  #texts = 0;

  constructor(directory: string) {
    this.#directory = directory;
    this.files = new BrandFiles(directory);
  }

  async read(standard: Brand): Promise<BrandReading['result']> {
    const text = await this.#readYaml();
    if (!text.ok) return text;
    if (text.value === undefined) return ok({ brands: brandForAll(standard), warnings: [] });
    const yaml = parseBrandYaml(brandFile, text.value);
    if (!yaml.ok) return yaml;
    const checked = checkBrand(brandFile, yaml.value);
    if (!checked.ok) return checked;
    const { hosts = {}, namespaces = {}, ...whole } = checked.value;
    const base = await this.#readLayer({ parent: standard, layer: whole, path: [], yaml: yaml.value });
    const readEach = async (section: string, layers: Readonly<Record<string, BrandLayer>>) => {
      const brands = new Map<string, Brand>();
      for (const [key, layer] of Object.entries(layers)) {
        brands.set(key, await this.#readLayer({ parent: base, layer, path: [section, key], yaml: yaml.value }));
      }
      return brands;
    };
    const brands = {
      base,
      hosts: await readEach('hosts', hosts),
      namespaces: await readEach('namespaces', namespaces),
    };
    const errors = this.#problems.filter(({ severity }) => severity === 'error');
    return errors.length > 0 ? err(this.#problems) : ok({ brands, warnings: this.#problems });
  }

  async #readYaml(): Promise<Result<string | undefined, readonly BrandProblem[]>> {
    const text = await this.files.text(brandFile, maxBrandYamlBytes);
    if (text.ok) return text;
    if (text.error.kind === 'absent') {
      // Something that is there, but no directory, has no entry `.` either.
      if ((await fileVersion(`${this.#directory}/.`)) !== '') return ok(undefined);
      return err([{ severity: 'error', file: '.', message: 'there is no such directory' }]);
    }
    return err([{ severity: 'error', file: brandFile, message: `this file ${text.error.message}` }]);
  }

  async #readLayer({ parent, layer, path, yaml }: Layer): Promise<Brand> {
    const problem: Checked['problem'] = (severity, at, message) => {
      const whole = [...path, ...at];
      const key = describeKey(whole);
      const named = key === undefined ? {} : { key };
      this.#problems.push({ severity, file: brandFile, ...yaml.placeOf(whole), ...named, message });
    };
    const assets = await this.#readAssets(layer, (at, message) => problem('error', at, message));
    const brand = applyLayer(parent, layer, assets);
    const before = this.#texts;
    this.#texts += countCopied(parent.texts, brand.texts);
    if (this.#texts > maxTexts) {
      if (before <= maxTexts) problem('error', ['texts'], tooManyTexts(this.#texts));
      return parent;
    }
    if (layer.colours !== undefined || layer.design !== undefined) {
      checkColours(brand, (at, message) => problem('warning', at, message));
    }
    this.#checkPages(brand, { layer, assets, isWhole: path.length === 0, problem });
    // Who serves pages meanwhile gets a turn.
    await nextTurn();
    return brand;
  }

  #checkPages(brand: Brand, { layer, assets, isWhole, problem }: Checked): void {
    const faults = pageFaults(brand, this.#caches);
    for (const fault of faults) {
      const { name, line, message } = fault;
      const file = assets.templates[name] === undefined ? undefined : layer.templates?.[name];
      if (file !== undefined) {
        this.#problems.push({ severity: 'error', file, line, column: 1, message: `the template ${message}` });
      } else if (!this.#baseFaults.some((known) => known.name === name && known.message === message)) {
        problem('error', assets.logo === undefined ? [] : ['logo'], inheritedFault(fault));
      }
    }
    if (isWhole) this.#baseFaults = faults;
    const isHtmlOwn = assets.templates.html !== undefined;
    if (faults.length > 0 || !(isHtmlOwn || assets.logo !== undefined)) return;
    const size = sizeWarning(brand, this.#caches);
    if (size !== undefined) problem('warning', isHtmlOwn ? ['templates', 'html'] : ['logo'], size);
  }

  async #readAssets({ logo, templates }: BrandLayer, refuse: Tell): Promise<LayerAssets> {
    return {
      logo: logo === undefined || logo === 'none' ? undefined : await this.#readLogo(logo, refuse),
      templates: await this.#readTemplates(templates ?? {}, refuse),
    };
  }

  async #readTemplates(files: NonNullable<BrandLayer['templates']>, refuse: Tell): Promise<Brand['templates']> {
    const texts: Partial<Record<TemplateName, string>> = {};
    for (const name of TEMPLATE_NAMES) {
      const file = files[name];
      if (file === undefined) continue;
      const kept = await this.files.template(file);
      if (kept.ok) texts[name] = kept.value;
      else refuse(['templates', name], `the file ${file} ${kept.error}`);
    }
    return texts;
  }

  async #readLogo(logo: string, refuse: Tell): Promise<string | undefined> {
    const isUri = logo.startsWith('data:');
    const kept = isUri ? this.files.logoUri(logo) : await this.files.logo(logo);
    if (kept.ok) return kept.value;
    refuse(['logo'], `${isUri ? 'this' : `the file ${logo}`} ${kept.error}`);
    return undefined;
  }
}

interface Layer {
  readonly parent: Brand;
  readonly layer: BrandLayer;
  readonly path: KeyPath;
  readonly yaml: BrandYaml;
}

/** A layer of which a brand was made. */
interface Checked {
  readonly layer: BrandLayer;
  readonly assets: LayerAssets;
  /** Whether it is the whole brand, and not that of a host or namespace. */
  readonly isWhole: boolean;
  readonly problem: (severity: BrandProblem['severity'], at: KeyPath, message: string) => void;
}

/** Texts of those languages that are not the very same as in the brand below. */
function countCopied(below: Brand['texts'], above: Brand['texts']): number {
  const changed = Object.entries(above).filter(([language, texts]) => below[language as Language] !== texts);
  return changed.reduce(
    (sum, [, { statuses = {}, reasons = {} }]) => sum + Object.keys(statuses).length + Object.keys(reasons).length,
    0,
  );
}

function tooManyTexts(count: number): string {
  return `with these, all brands together have ${count} texts, where a host or namespace has all of each language that it changes; at most ${maxTexts} are allowed`;
}

/** A fault that only shows with what a host or namespace sets. */
function inheritedFault({ name, message }: PageFault): string {
  return `with what is set here the template of ${name} ${message}`;
}

type Tell = (at: KeyPath, message: string) => void;
