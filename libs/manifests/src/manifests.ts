/**
 * Duty: what a set of files holds, taken together: each object once, what is wrong, and where everything stands.
 */
import { describeObject, describeProblem, type ObjectRef, type Problem } from '@gatehouse/core';
import type { AnyObject } from '@gatehouse/kube-model';
import { isMalformed } from './last-good.ts';
import { locateField, parseFieldPath } from './locate-field.ts';
import type { ManifestFile } from './manifest-file.ts';
import { parseTree, type ManifestObject } from './parse-manifest.ts';
import { placeAt, type Place } from './place.ts';

interface Declaration {
  readonly file: ManifestFile;
  readonly object: ManifestObject;
}

/** The objects of some files. */
export class Manifests {
  /** Each object once: of two of the same kind and name the first in the order of the files. */
  readonly objects: readonly AnyObject[];
  /** What is wrong with single objects: ObjectMalformed, DuplicateObject, RetiredApiVersion. */
  readonly problems: readonly Problem[];
  /** How many objects have parts that could not be read, or none that could. */
  readonly malformedObjects: number;
  readonly #declarations: ReadonlyMap<string, Declaration>;
  /** By the Problem itself, and in words, since it may have been read again since. */
  readonly #origins: ReadonlyMap<Problem | string, Declaration>;
  /** The document that was asked last: Problems come in order of their objects, and a List holds many. */
  #lastTree:
    { readonly file: ManifestFile; readonly start: number; readonly tree: ReturnType<typeof parseTree> } | undefined;

  constructor(files: readonly ManifestFile[]) {
    const declarations = new Map<string, Declaration>();
    const origins = new Map<Problem | string, Declaration>();
    const objects: AnyObject[] = [];
    const problems: Problem[] = [];
    let malformedObjects = 0;
    for (const file of files) {
      for (const object of file.objects) {
        const { ref } = object.reading;
        const name = describeObject(ref);
        const first = ref.name === '' ? undefined : declarations.get(name);
        const declaration = { file, object };
        const found = first === undefined ? object.reading.problems : [duplicate(ref, first.file, file)];
        problems.push(...found);
        for (const problem of found) origins.set(problem, declaration).set(describeProblem(problem), declaration);
        if (first !== undefined) continue;
        if (isMalformed(object.reading)) malformedObjects++;
        declarations.set(name, declaration);
        objects.push(...object.reading.objects);
      }
    }
    this.objects = objects;
    this.problems = problems;
    this.malformedObjects = malformedObjects;
    this.#declarations = declarations;
    this.#origins = origins;
  }

  /**
   * Where a field of an object stands; when the field is not there, the nearest one around it. Undefined when the object
   * comes from none of the files.
   */
  whereIs(ref: ObjectRef, fieldPath: string): Place | undefined {
    const declaration = this.#declarations.get(describeObject(ref));
    return declaration === undefined ? undefined : this.#locate(declaration, fieldPath);
  }

  /** Where the cause of a Problem stands: for a second declaration of an object that one, not the first. */
  placeOf(problem: Problem): Place | undefined {
    const origin = this.#origins.get(problem) ?? this.#origins.get(describeProblem(problem));
    return origin === undefined ? this.whereIs(problem.object, problem.field) : this.#locate(origin, problem.field);
  }

  #locate(declaration: Declaration, fieldPath: string): Place {
    const { file, object } = declaration;
    const [start] = object.range;
    if (this.#lastTree?.file !== file || this.#lastTree.start !== start) {
      this.#lastTree = { file, start, tree: parseTree(file.text, object.range) };
    }
    const offset = locateField(this.#lastTree.tree, [...object.place, ...parseFieldPath(fieldPath)]);
    return placeAt(file.path, file.text, start + offset);
  }
}

function duplicate(ref: ObjectRef, first: ManifestFile, second: ManifestFile): Problem {
  const message =
    first === second
      ? `it is declared twice in ${first.path}, the first one is used`
      : `it is declared in ${first.path} already, so what ${second.path} says is not used`;
  return Object.freeze({ code: 'DuplicateObject', object: ref, field: '', message });
}
