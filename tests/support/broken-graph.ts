import type { Recording } from "../../simulation/recorder";
import type { Properties, Resource } from "../../simulation/resource";

/** A recorded stack whose order or inputs are spoiled, as a mistake in the program would. */
export class BrokenGraph {
  resources: readonly Resource[];

  constructor(recording: Recording) {
    this.resources = recording.resources;
  }

  /** Forgets resources, and every edge to them. */
  drop(...types: string[]): this {
    this.resources = this.resources.filter((resource) => !types.some((type) => is(resource, type)));
    const there = new Set(this.resources.map(({ urn }) => urn));
    return this.edit("", ({ dependencies, ...resource }) => ({
      ...resource,
      dependencies: dependencies.filter((urn) => there.has(urn)),
    }));
  }

  /** Nothing depends on these types any more. */
  forgetEdgesTo(...types: string[]): this {
    return this.edit("", (resource) => ({
      ...resource,
      dependencies: resource.dependencies.filter(
        (urn) => !types.some((type) => this.urns(type).includes(urn)),
      ),
    }));
  }

  /** These depend on nothing, not even their component. */
  uproot(type: string): this {
    return this.edit(type, (resource) => ({ ...resource, dependencies: [], parent: null }));
  }

  /** These are made after those, and so deleted before them. */
  after(type: string, earlier: string): this {
    const urns = this.urns(earlier);
    return this.edit(type, (resource) => ({
      ...resource,
      dependencies: [...resource.dependencies, ...urns],
    }));
  }

  retain(type: string): this {
    return this.edit(type, (resource) => ({ ...resource, retainOnDelete: true }));
  }

  /** The engine leaves the delete of these to that of another resource. */
  deletedWith(type: string, container: string): this {
    const [urn = null] = this.urns(container);
    return this.edit(type, (resource) => ({ ...resource, deletedWith: urn }));
  }

  /** An input at a path has another value. */
  set(type: string, path: string, value: unknown): this {
    const put = (object: Properties, [key = "", ...rest]: string[]): Properties => ({
      ...object,
      [key]: rest.length === 0 ? value : put((object[key] ?? {}) as Properties, rest),
    });
    return this.edit(type, (resource) => ({
      ...resource,
      inputs: put(resource.inputs, path.split(".")),
    }));
  }

  private edit(type: string, change: (resource: Resource) => Resource): this {
    this.resources = this.resources.map((resource) =>
      is(resource, type) ? change(resource) : resource,
    );
    return this;
  }

  private urns(type: string): string[] {
    return this.resources.filter((resource) => is(resource, type)).map(({ urn }) => urn);
  }
}

/** By the type's last part and, if need be, how the name begins. Custom resources only. */
function is({ type, name, custom }: Resource, wanted: string): boolean {
  const [kind = "", prefix = ""] = wanted.split(" ");
  return wanted === "" || (custom && type.endsWith(`:${kind}`) && name.startsWith(prefix));
}
