import ELK, { type ElkExtendedEdge, type ElkNode, type ElkPoint } from "elkjs/lib/elk.bundled.js";

/** A graph with places, in pixels from its upper left. */
export interface DrawnGraph {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
}

export interface Box extends ElkPoint {
  readonly node: string;
  readonly width: number;
  readonly height: number;
}

export interface Line {
  readonly from: string;
  readonly to: string;
  readonly points: readonly ElkPoint[];
}

const BOX = { width: 210, height: 24 };

/** Of ELK's layered layout: https://eclipse.dev/elk/reference/options.html */
const LAYOUT = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.edgeRouting": "POLYLINE",
  "elk.spacing.nodeNode": "8",
  "elk.layered.spacing.nodeNodeBetweenLayers": "60",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
};

/**
 * Places what needs nothing to the left, and each other node to the right of what it needs.
 * @param needs by node, each of whose values is a node too
 */
export async function drawGraph(
  needs: ReadonlyMap<string, readonly string[]>,
): Promise<DrawnGraph> {
  const edges = [...withoutDetours(needs)].flatMap(([node, needed]) =>
    needed.map((one) => ({ id: `${one} ${node}`, sources: [one], targets: [node] })),
  );
  const children = [...needs.keys()].map((id) => ({ id, ...BOX }));
  const placed: ElkNode = { id: "graph", layoutOptions: LAYOUT, children, edges };
  const graph = await new ELK().layout(placed);
  return {
    width: graph.width ?? 0,
    height: graph.height ?? 0,
    boxes: (graph.children ?? []).map(({ id, x = 0, y = 0 }) => ({ node: id, x, y, ...BOX })),
    lines: (graph.edges ?? []).map((edge) => ({
      from: edge.sources[0] ?? "",
      to: edge.targets[0] ?? "",
      points: pointsOf(edge),
    })),
  };
}

const pointsOf = ({ sections = [] }: ElkExtendedEdge): ElkPoint[] =>
  sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ]);

/** Without the needs that a longer way says too. */
function withoutDetours(needs: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const known = new Map<string, ReadonlySet<string>>();
  const allNeedsOf = (node: string): ReadonlySet<string> => {
    const before = known.get(node);
    if (before) return before;
    const all = new Set((needs.get(node) ?? []).flatMap((one) => [one, ...allNeedsOf(one)]));
    known.set(node, all);
    return all;
  };
  return new Map(
    [...needs].map(([node, direct]) => [
      node,
      direct.filter((one) => !direct.some((other) => other !== one && allNeedsOf(other).has(one))),
    ]),
  );
}
