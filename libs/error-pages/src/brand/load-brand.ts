/**
 * Duty: from a brand directory to the brands that it describes, or all that is wrong with it.
 */
import { join } from 'node:path';
import { err, ok, type Result } from '@gatehouse/core';
import { applyLayer, type LayerAssets } from './apply-layer.ts';
import { fileVersion, readBrandFile } from './brand-directory.ts';
import { describeKey, type BrandProblem, type KeyPath } from './brand-problem.ts';
import type { BrandLayer } from './brand-schema.ts';
import { brandForAll, type BrandSet } from './brand-set.ts';
import { TEMPLATE_NAMES, type Brand, type TemplateName } from './brand.ts';
import { checkBrand } from './check-brand.ts';
import { sizeWarning, templateFaults } from './check-pages.ts';
import { checkColours } from './check-colours.ts';
import { encodeLogo, maxLogoBytes } from './encode-logo.ts';
import { maxBrandYamlBytes, parseBrandYaml, type BrandYaml } from './parse-brand-yaml.ts';

const brandFile = 'brand.yaml';
const maxTemplateBytes = 64 * 1024;

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
}

/**
 * Reads the directory; `standard` says what brand.yaml leaves out. A directory without a brand.yaml is no mistake, since
 * the ConfigMap of a Pod may be optional: it means `standard` alone. Never rejects; tells all problems at once.
 */
export async function loadBrand(directory: string, standard: Brand): Promise<BrandReading> {
  const reader = new BrandReader(directory);
  const result = await reader.read(standard);
  return { result, versions: reader.versions };
}

class BrandReader {
  readonly versions = new Map<string, string>();
  readonly #directory: string;
  readonly #problems: BrandProblem[] = [];
  readonly #files = new Map<string, ReturnType<typeof readBrandFile>>();

  constructor(directory: string) {
    this.#directory = directory;
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
    const content = await this.#readFile(brandFile, maxBrandYamlBytes);
    if (!content.ok) {
      if (content.error.kind === 'absent') {
        // Something that is there, but no directory, has no entry `.` either.
        if ((await fileVersion(`${this.#directory}/.`)) !== '') return ok(undefined);
        return err([{ severity: 'error', file: '.', message: 'there is no such directory' }]);
      }
      return err([{ severity: 'error', file: brandFile, message: `this file ${content.error.message}` }]);
    }
    const text = decodeText(content.value);
    return text === undefined
      ? err([{ severity: 'error', file: brandFile, message: 'this is no UTF-8 text' }])
      : ok(text);
  }

  async #readLayer({ parent, layer, path, yaml }: Layer): Promise<Brand> {
    const problem = (severity: BrandProblem['severity'], at: KeyPath, message: string): void => {
      const whole = [...path, ...at];
      const key = describeKey(whole);
      const named = key === undefined ? {} : { key };
      this.#problems.push({ severity, file: brandFile, ...yaml.placeOf(whole), ...named, message });
    };
    const assets = await this.#readAssets(layer, (at, message) => problem('error', at, message));
    const brand = applyLayer(parent, layer, assets);
    if (layer.colours !== undefined || layer.design !== undefined) {
      checkColours(brand, (at, message) => problem('warning', at, message));
    }
    for (const { name, ...fault } of templateFaults(brand, Object.keys(assets.templates))) {
      this.#problems.push({ severity: 'error', file: layer.templates?.[name] ?? '', column: 1, ...fault });
    }
    const isHtmlOwn = assets.templates.html !== undefined;
    const size = isHtmlOwn || assets.logo !== undefined ? sizeWarning(brand) : undefined;
    if (size !== undefined) problem('warning', isHtmlOwn ? ['templates', 'html'] : ['logo'], size);
    return brand;
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
      const content = await this.#readFile(file, maxTemplateBytes);
      const text = content.ok ? decodeText(content.value) : undefined;
      if (text !== undefined) texts[name] = text;
      else refuse(['templates', name], `the file ${file} ${content.ok ? 'is no UTF-8 text' : content.error.message}`);
    }
    return texts;
  }

  async #readLogo(logo: string, refuse: Tell): Promise<string | undefined> {
    if (logo.startsWith('data:')) return logo;
    const content = await this.#readFile(logo, maxLogoBytes);
    const encoded = content.ok ? encodeLogo(logo, content.value) : err(content.error.message);
    if (encoded.ok) return encoded.value;
    refuse(['logo'], `the file ${logo} ${encoded.error}`);
    return undefined;
  }

  /** Each file once, so that all layers see the same version of it. */
  async #readFile(name: string, maxBytes: number): ReturnType<typeof readBrandFile> {
    if (!this.versions.has(name)) this.versions.set(name, await fileVersion(join(this.#directory, name)));
    const reading = this.#files.get(name) ?? readBrandFile(this.#directory, name, maxBytes);
    this.#files.set(name, reading);
    return reading;
  }
}

interface Layer {
  readonly parent: Brand;
  readonly layer: BrandLayer;
  readonly path: KeyPath;
  readonly yaml: BrandYaml;
}

type Tell = (at: KeyPath, message: string) => void;

function decodeText(content: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}
