"""Places for a graph that grows from the left to the right: what stands in which column and row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


def depths(edges: Sequence[tuple[str, str]]) -> dict[str, int]:
    """How far each node stands from those that no edge leads to, along the longest way.

    An edge that would close a circle does not count.
    """
    kept: list[tuple[str, str]] = []
    for start, end in edges:
        if start not in _reached(end, kept):
            kept.append((start, end))
    depth = {node: 0 for edge in edges for node in edge}
    for _ in depth:
        for start, end in kept:
            depth[end] = max(depth[end], depth[start] + 1)
    return depth


def parents(edges: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The node beside which each other node is placed: the first that leads to it from the column before."""
    depth = depths(edges)
    found: dict[str, str] = {}
    for start, end in edges:
        if depth[start] == depth[end] - 1:
            found.setdefault(end, start)
    return found


def rows(edges: Sequence[tuple[str, str]], heights: Mapping[str, float]) -> tuple[dict[str, float], float]:
    """The middle of each node, downwards, so that those on the right stand beside what leads to them.

    Parameters
    ----------
    edges : sequence of (str, str)
        From a node to one on its right, in drawing order.
    heights : mapping of str to float
        Room that each node needs.

    Returns
    -------
    (dict of str to float, float)
        The middles, and the height of them all.
    """
    above = parents(edges)
    children: dict[str, list[str]] = {}
    for node, parent in above.items():
        children.setdefault(parent, []).append(node)
    middles: dict[str, float] = {}

    def needed(node: str) -> float:
        return max(heights[node], sum(map(needed, children.get(node, ()))))

    def put(node: str, top: float) -> None:
        room = needed(node)
        middles[node] = top + room / 2
        below = children.get(node, [])
        at = top + (room - sum(map(needed, below))) / 2
        for child in below:
            put(child, at)
            at += needed(child)

    total = 0.0
    for node in dict.fromkeys(node for edge in edges for node in edge):
        if node not in above:
            put(node, total)
            total += needed(node)
    return middles, total


def loops(edges: Iterable[tuple[str, str]]) -> int:
    """How many independent closed loops the graph has, whatever the direction of its edges."""
    pairs = {frozenset(edge) for edge in edges if edge[0] != edge[1]}
    part = {node: node for pair in pairs for node in pair}

    def root(node: str) -> str:
        while part[node] != node:
            node = part[node]
        return node

    closing = 0
    for start, end in sorted(tuple(sorted(pair)) for pair in pairs):
        one, other = root(start), root(end)
        closing += one == other
        part[one] = other
    return closing


def _reached(node: str, edges: Iterable[tuple[str, str]]) -> set[str]:
    """A node and all that edges lead to from it."""
    edges = list(edges)
    found, new = {node}, {node}
    while new:
        new = {end for start, end in edges if start in new} - found
        found |= new
    return found
