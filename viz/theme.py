"""Colours and fonts of graph pictures.

The hues are those of Okabe and Ito's palette for the colour-blind (https://jfly.uni-koeln.de/color/),
lightened for fills. No meaning hangs on hue alone: leaves, roots and cut boxes differ in outline too.
Nodes have a fill of their own and dark text, so they read on any background; lines are of a grey
that stands out from white and black alike; text outside nodes gets a light plate (see ``svg.py``).
"""

__all__ = ["CAPTION", "CLUSTER", "DARK", "EDGES", "FONT", "FONT_STACK", "NEGATIVE", "NODES",
           "OPERATOR", "OUTLINES", "POSITIVE", "SIGNS", "STRAIGHT", "TEXT_OUTSIDE", "THICK", "THICK_EDGE",
           "ZERO"]  # fmt: skip

FONT = "Courier"
"""What Graphviz measures: the WASM build knows its width, 0.6 em, which the usual monospaced fonts share."""

FONT_STACK = "'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono','Courier New',monospace"
"""Fonts in the SVG, of about that width, so that no text is wider than its box."""

TEXT_OUTSIDE = "#262626"
"""The colour of text outside nodes, by which ``svg.py`` finds the texts that need a plate."""

NODES = {"shape": "record", "style": "filled", "fontname": FONT, "fontsize": "10", "fontcolor": "#111111",
         "height": "0.3", "margin": "0.09,0.03"}  # fmt: skip
EDGES = {"fontname": FONT, "fontsize": "9", "fontcolor": TEXT_OUTSIDE, "color": "#808080", "arrowsize": "0.7"}
STRAIGHT = {side: {"tailport": ports[0], "headport": ports[1]}
            for side, ports in {"LR": "ew", "TB": "sn", "RL": "we", "BT": "ns"}.items()}  # fmt: skip
"""From side to side, by rankdir: where arrows are straight lines, this keeps them off the boxes."""
CAPTION = {"labelloc": "t", "labeljust": "l", "fontname": FONT, "fontsize": "11", "fontcolor": TEXT_OUTSIDE}
CLUSTER = {"style": "rounded", "color": "#808080", "fontname": FONT, "fontsize": "11",
           "fontcolor": TEXT_OUTSIDE, "labeljust": "l", "margin": "8"}  # fmt: skip
"""The frame of a neuron or a layer."""

OPERATOR = {
    "shape": "ellipse",
    "width": "0.4",
    "margin": "0.06,0.03",
    "fillcolor": "#fff3b0",
    "color": "#8a6d00",
}

OUTLINES = {
    "leaf": {"fillcolor": "#d6ebf9", "color": "#0072b2"},
    "constant": {"fillcolor": "#e8e8e8", "color": "#666666"},
    "node": {"fillcolor": "#ffffff", "color": "#555555"},
    "root": {"fillcolor": "#ffdfb8", "color": "#b34700", "penwidth": "2.2"},
    "group": {"fillcolor": "#d3efe5", "color": "#007a5a", "style": "filled,rounded"},
    "cut": {"style": "filled,dashed"},
    "focus": {"color": "#a0307c", "penwidth": "3"},
}

THICK = {"color": "#d55e00", "penwidth": "3"}
THICK_EDGE = {**THICK, "arrowsize": "0.9"}
"""A path that stands out: by its width too, for those who do not see the hue."""

POSITIVE, NEGATIVE, ZERO = "#0072b2", "#d55e00", "#f7f7f7"
"""The colours of signs, everywhere: blue above zero, orange below, and what lies between them."""

SIGNS = {True: {"color": POSITIVE}, False: {"color": NEGATIVE, "style": "dashed"}}
"""The edges of weights: of zero and more, and below zero."""

DARK = {
    "ink": ("#111111", "#f2f2f2"),
    "text": ("#262626", "#ececec"),
    "plate": ("#f7f7f7", "#262626"),
    "line": ("#808080", "#9a9a9a"),
    "operator-fill": ("#fff3b0", "#433a0a"),
    "operator-line": ("#8a6d00", "#d9b84a"),
    "leaf-fill": ("#d6ebf9", "#10344a"),
    "leaf-line": ("#0072b2", "#56b4e9"),
    "constant-fill": ("#e8e8e8", "#333333"),
    "constant-line": ("#666666", "#a6a6a6"),
    "node-fill": ("#ffffff", "#1e1e1e"),
    "node-line": ("#555555", "#b4b4b4"),
    "root-fill": ("#ffdfb8", "#55300c"),
    "root-line": ("#b34700", "#ff9e4a"),
    "group-fill": ("#d3efe5", "#0d3d31"),
    "group-line": ("#007a5a", "#3fc9a0"),
    "focus-line": ("#a0307c", "#e08cc4"),
    "thick-line": ("#d55e00", "#ff8c3a"),
}
"""CSS variables of an SVG, with their colours on light and on dark; the first is what stands in the DOT."""
