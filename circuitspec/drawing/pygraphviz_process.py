"""Draws like the program `dot -T<format>`, by the package pygraphviz: run as a script."""

from __future__ import annotations

import sys

import pygraphviz

if __name__ == "__main__":
    graph = pygraphviz.AGraph(string=sys.stdin.buffer.read().decode())
    form = sys.argv[1].removeprefix("-T")
    sys.stdout.buffer.write(graph.draw(format=form, prog="dot"))
