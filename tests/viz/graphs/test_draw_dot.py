"""draw_dot: the picture of a graph."""

import copy
import subprocess
import sys

import graphviz
import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine
from engine import Value
from tests.viz.pictures import SVG, groups, parsed, texts
from viz import draw_dot
from viz.rendering.graphviz import dot_to_bytes


def neuron() -> tuple[Value, ...]:
    w, x, b = Value(0.5, label="w"), Value(2.0, label="x"), Value(-1.5, label="b")
    y = (w * x + b).tanh()
    y.label = "y"
    y.backward()
    return w, x, b, y


def svg(dot: graphviz.Digraph) -> str:
    return dot.pipe(format="svg", encoding="utf-8")


def structure(dot: graphviz.Digraph) -> tuple[set[str], list[tuple[str, str]]]:
    """Node names and edges as Graphviz itself reads them."""
    lines = [line.split() for line in dot_to_bytes(dot.source, "plain").decode().splitlines()]
    edges = [(line[1], line[2]) for line in lines if line[0] == "edge"]
    return {line[1] for line in lines if line[0] == "node"}, sorted(edges)


# -- what a picture shows --------------------------------------------------------------------


def test_it_is_a_digraph_of_the_graphviz_package() -> None:
    dot = draw_dot(neuron()[-1])
    assert isinstance(dot, graphviz.Digraph)
    assert dot.format == "svg"
    assert dot.graph_attr["rankdir"] == "LR"


def test_every_node_shows_label_data_and_gradient() -> None:
    boxes = groups(svg(draw_dot(neuron()[-1])), "node")
    assert ["w", "data 0.5000", "grad 1.5729"] in boxes
    assert ["x", "data 2.0000", "grad 0.3932"] in boxes
    assert ["b", "data -1.5000", "grad 0.7864"] in boxes
    assert ["y", "data -0.4621", "grad 1.0000"] in boxes
    assert ["data 1.0000", "grad 0.7864"] in boxes, "an unnamed node has no empty field"


def test_every_operator_stands_before_its_result() -> None:
    dot = draw_dot(neuron()[-1])
    assert sorted(box for box in groups(svg(dot), "node") if len(box) == 1) == [["*"], ["+"], ["tanh"]]
    names, edges = structure(dot)
    assert names == {"n0", "n1", "n2", "n3", "n4", "n5", "n2op", "n4op", "n5op"}
    assert edges == sorted([("n0", "n2op"), ("n1", "n2op"), ("n2op", "n2"), ("n2", "n4op"), ("n3", "n4op"),
                            ("n4op", "n4"), ("n4", "n5op"), ("n5op", "n5")])  # fmt: skip


def test_every_edge_shows_its_local_gradient() -> None:
    shown = [label for edge in groups(svg(draw_dot(neuron()[-1])), "edge") for label in edge]
    assert sorted(shown) == sorted(["2.0000", "0.5000", "1.0000", "1.0000", "0.7864"])


def test_a_square_has_two_edges() -> None:
    x = Value(3.0)
    dot = draw_dot(x * x)
    assert structure(dot)[1] == [("n0", "n1op"), ("n0", "n1op"), ("n1op", "n1")]
    assert [edge for edge in groups(svg(dot), "edge") if edge] == [["3.0000"], ["3.0000"]]


def test_local_gradients_are_those_of_the_moment_of_computing() -> None:
    x = Value(3.0)
    y = x * x
    x.data = 100.0
    assert ["3.0000"] in groups(svg(draw_dot(y)), "edge")


def test_a_leaf_alone_is_a_picture() -> None:
    assert groups(svg(draw_dot(Value(2.0, label="x"))), "node") == [["x", "data 2.0000"]]


def test_constants_met_in_expressions_are_leaves() -> None:
    assert ["data 3.0000"] in groups(svg(draw_dot(Value(2.0) + 3)), "node")


def test_leaves_roots_and_frozen_leaves_look_different() -> None:
    frozen = Value(1.0)
    frozen.requires_grad = False
    source = draw_dot(Value(2.0) * frozen).source
    fills = [line.partition('fillcolor="')[2][:7] for line in source.splitlines() if "data" in line]
    assert len(set(fills)) == 3


def test_a_node_built_by_hand_is_drawn() -> None:
    a = Value(2.0, label="a")
    with_local_grads = Value(8.0, (a,), (12.0,))
    assert ["12.0000"] in groups(svg(draw_dot(with_local_grads)), "edge")
    without = Value(8.0, (a,), "cube")
    shown = svg(draw_dot(without))
    assert ["cube"] in groups(shown, "node")
    assert groups(shown, "edge") == [[], []]


def test_several_roots_are_drawn_together() -> None:
    x = Value(1.0)
    names, edges = structure(draw_dot([x.sin(), x.cos()]))
    assert len(names) == 5
    assert [tail for tail, _ in edges].count("n0") == 2


def test_infinite_and_missing_numbers_are_shown() -> None:
    boxes = groups(svg(draw_dot(Value(-1.0).log() * Value(1e999))), "node")
    assert ["data nan"] in boxes
    assert ["data inf"] in boxes


# -- names ------------------------------------------------------------------------------------

NAMES = [
    "{ } | < > \\ \"", "<b>bold</b>", "<>", "a:b", "n0:e", "http://example.com/?a=b&c", "\\N \\G \\l",
    "&amp; &#65;", "line\nline", "\t\0\x1b", "  two  blanks ", "σ′(z) データ 😀",
    "\ud800", "--", "-->", "]]>", "a" * 500,
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_any_name_gives_a_picture_with_that_name(name) -> None:
    from viz.labels import visible

    x = Value(1.0, label=name)
    shown = svg(draw_dot(Value(2.0, (x,), name)))
    boxes = groups(shown, "node")
    assert len(boxes) == 3
    names = [" ".join(box[0].split()) for box in boxes]
    assert names.count(" ".join(visible(name).split())) == 2


@given(st.text(max_size=20))
def test_no_name_makes_links_markup_or_further_nodes(name) -> None:
    dot = draw_dot(Value(1.0, label=name).exp())
    root = parsed(svg(dot))
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    drawn = {"g", "text", "polygon", "polyline", "path", "ellipse", "rect"}
    assert tags <= {"svg", "title", "desc", "style", *drawn}
    assert structure(dot)[0] == {"n0", "n1", "n1op"}


def test_no_name_becomes_an_address() -> None:
    shown = svg(draw_dot(Value(1.0, label="javascript:alert(1)").exp()))
    assert "href" not in shown.replace("xmlns:xlink", "")
    assert "URL" not in draw_dot(Value(1.0, label='x" URL="y')).source.replace('\\" URL=\\"', "").replace(
        '\\"\\ URL', ""
    )


# -- the same graph, the same bytes --------------------------------------------------------------


def test_equal_graphs_give_equal_bytes() -> None:
    first, second = draw_dot(neuron()[-1]), draw_dot(neuron()[-1])
    assert first.source == second.source
    assert svg(first) == svg(second)
    assert draw_dot(copy.deepcopy(neuron()[-1])).source == first.source


def test_another_process_gives_equal_bytes() -> None:
    code = (
        "from engine import Value; import viz; x = [Value(float(i), label=f'x{i}') for i in range(9)]\n"
        "print(viz.draw_dot(sum(a * b for a in x for b in x), max_nodes=60).source)"
    )
    outputs = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(2)
    }
    assert len(outputs) == 1


# -- less of it -----------------------------------------------------------------------------------


def test_depth_draws_the_operators_next_to_the_root() -> None:
    dot = draw_dot(neuron()[-1], depth=1)
    shown = svg(dot)
    assert "showing 2 of 6 nodes; to depth 1" in texts(parsed(shown))
    assert ["+ …", "data -0.5000", "grad 0.7864"] in groups(shown, "node")
    assert ' style="filled,dashed"' in dot.source
    assert structure(draw_dot(neuron()[-1], depth=0))[0] == {"n0"}


def test_a_depth_that_reaches_everything_changes_nothing() -> None:
    assert draw_dot(neuron()[-1], depth=3).source == draw_dot(neuron()[-1]).source


def test_focus_draws_the_neighbourhood() -> None:
    w, _, _, y = neuron()
    shown = svg(draw_dot(y, focus=w, radius=1))
    assert "showing 2 of 6 nodes; within 1 of the focus" in texts(parsed(shown))
    assert ["w", "data 0.5000", "grad 1.5729"] in groups(shown, "node")
    assert "showing 4 of 6 nodes" in draw_dot(y, focus=w).source, "the radius is 2 by default"


def test_the_focus_stands_out() -> None:
    w, _, _, y = neuron()
    assert draw_dot(y, focus=w, radius=9).source != draw_dot(y).source


@pytest.mark.parametrize("count", [5_000, 20_000])
def test_large_graphs_are_drawn_folded_and_say_so(count) -> None:
    x = Value(0.5)
    chain = x
    for _ in range(count // 2):
        chain = (chain * x).sin()
    shown = svg(draw_dot(chain))
    (line,) = [text for text in texts(parsed(shown)) if text.startswith("showing")]
    assert line.startswith(f"showing {len(groups(shown, 'node'))} of {count + 1} nodes; ")


def test_boxes_of_many_nodes_show_how_many_and_their_range() -> None:
    w = [Value(float(i), label=f"w{i}") for i in range(4)]
    total = engine.sum([each.exp() for each in w]) + w[0] + 2.0
    total.backward()
    boxes = groups(svg(draw_dot(total, fold="alike")), "node")
    assert ["w1 … w3", "leaf × 3", "data 1.0000 … 3.0000", "grad 2.7183 … 20.0855"] in boxes
    assert ["exp × 4", "data 1.0000 … 20.0855", "grad 1.0000"] in boxes
    assert ["sum of 6", "data 33.1929", "grad 1.0000"] in boxes


def test_parts_are_boxes_with_their_names() -> None:
    w, x, b, y = neuron()
    dot = draw_dot(y * 2.0, fold="neurons", groups={"layer.0.w.0": w, "layer.0.b": b})
    shown = svg(dot)
    assert ["layer.0", "2 parameters", "5 nodes", "data -0.4621", "grad 1.0000"] in groups(shown, "node")
    assert "showing 4 of 8 nodes; folded: operators, sums, neurons" in texts(parsed(shown))
    assert x.label in [box[0] for box in groups(shown, "node")]


# -- gradients ---------------------------------------------------------------------------------


def test_before_a_backward_pass_gradients_are_blank_and_the_description_says_so() -> None:
    x = Value(2.0, label="x")
    y = x * 3.0
    before = svg(draw_dot(y))
    assert not any("grad" in text for text in texts(parsed(before)))
    assert "No backward pass yet" in parsed(before)[1].text
    y.backward()
    after = svg(draw_dot(y))
    assert ["x", "data 2.0000", "grad 3.0000"] in groups(after, "node")
    assert "No backward pass yet" not in parsed(after)[1].text


def test_where_no_gradient_arrives_is_told_from_a_computed_zero() -> None:
    x, a = Value(0.0, label="x"), Value(2.0, label="a")
    y = engine.where(x > 0, a.exp(), x * x)
    y.backward()
    shown = svg(draw_dot(y))
    assert ["a", "data 2.0000", "grad –"] in groups(shown, "node")
    assert ["x", "data 0.0000", "grad 0.0000"] in groups(shown, "node")
    assert "“–” stands where no gradient arrives." in parsed(shown)[1].text


def test_gradients_of_a_moment_are_shown_and_the_others_blank() -> None:
    x = Value(2.0, label="x")
    y = x.exp()
    boxes = groups(svg(draw_dot(y, grads={y: 1.0})), "node")
    assert ["x", "data 2.0000", "grad"] in boxes
    assert ["data 7.3891", "grad 1.0000"] in boxes


# -- frames, names and order ---------------------------------------------------------------------


def layer_of_two() -> Value:
    w = [Value(0.1 * k, label=f"layers.0.neurons.{k // 2}.w.{k % 2}") for k in range(4)]
    x = [Value(1.0, label="x.0"), Value(2.0, label="x.1")]
    return engine.sum([(w[0] * x[0] + w[1] * x[1]).tanh(), (w[2] * x[0] + w[3] * x[1]).tanh()])


def test_neurons_and_layers_have_frames_with_short_names() -> None:
    shown = svg(draw_dot(layer_of_two()))
    assert len(groups(shown, "cluster")) == 3
    (titles,) = groups(shown, "titles")
    assert sorted(titles) == ["layers.0", "neurons.0", "neurons.1"]
    names = sorted(box[0] for box in groups(shown, "node") if box[0][:1] in "wx")
    assert names == ["w0", "w0", "w1", "w1", "x0", "x1"]


def heights(shown: str, name: str) -> list[float]:
    return [
        float(text.get("y")) for text in parsed(shown).iter(f"{SVG}text") if (text.text or "").strip() == name
    ]


def test_operands_and_neurons_stand_in_order() -> None:
    a, b, c = (Value(float(i), label="abc"[i]) for i in range(3))
    shown = svg(draw_dot(engine.logsumexp([c, a, b])))
    assert heights(shown, "c") < heights(shown, "a") < heights(shown, "b")
    framed = svg(draw_dot(layer_of_two()))
    assert heights(framed, "neurons.0") < heights(framed, "neurons.1")


def test_folded_neurons_stand_in_order() -> None:
    w = [[Value(0.1, label=f"layers.0.neurons.{k}.w.{i}") for i in range(2)] for k in range(16)]
    v = [[Value(0.1, label=f"layers.1.neurons.{k}.w.{i}") for i in range(16)] for k in range(16)]
    x = [Value(1.0), Value(2.0)]
    hidden = [engine.dot(row, x).tanh() for row in w]
    shown = svg(draw_dot(engine.sum([engine.dot(row, hidden).tanh() for row in v])))
    tops = [heights(shown, f"neurons.{k}")[0] for k in range(16)]
    assert tops == sorted(tops)


def test_edge_labels_take_no_rank_of_their_own() -> None:
    source = draw_dot(neuron()[-1]).source
    assert "xlabel=" in source
    assert "\tlabel=" not in source


# -- folds that open ------------------------------------------------------------------------------


def swing(steps: int) -> Value:
    angle, speed = Value(1.0, label="angle"), Value(0.0, label="speed")
    for _ in range(steps):
        angle, speed = angle + 0.1 * speed, speed - 0.1 * angle.sin()
    return angle * angle + speed * speed


def names(dot: graphviz.Digraph) -> set[str]:
    return {box[0] for box in groups(svg(dot), "node")}


def test_steps_in_time_are_one_box_that_opens() -> None:
    root = swing(200)
    assert "steps 2-199" in names(draw_dot(root))
    assert "Folded boxes open by their names: " in draw_dot(root).description
    opened = names(draw_dot(root, expand="steps 2-199"))
    assert {"steps 2-21", "steps 182-199"} <= opened
    single = draw_dot(root, expand=["step 17"])
    assert {"steps 2-16", "steps 18-199"} <= names(single)
    assert "sin" in names(single), "step 17 is drawn node by node"


def test_neurons_and_layers_open_by_name() -> None:
    root = layer_of_two()
    folded = draw_dot(root, fold="layers")
    assert "layers.0" in names(folded)
    neurons = names(draw_dot(root, fold="layers", expand="layers.0"))
    assert {"neurons.0", "neurons.1"} <= neurons
    one = names(draw_dot(root, fold="layers", expand=["layers.0.neurons.1"]))
    assert {"neurons.0", "w0", "w1"} <= one
    assert "neurons.1" not in one


def test_boxes_of_what_is_alike_open_by_what_they_say() -> None:
    root = engine.sum([Value(float(i)).exp() for i in range(5)])
    assert (
        sum("exp" in box for box in groups(svg(draw_dot(root, fold="alike", expand="exp x 5")), "node")) == 5
    )


def test_a_fold_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(
        ValueError, match=r"expand= names 'layers.7', and there is no such fold; folds are 'la"
    ):
        draw_dot(layer_of_two(), fold="layers", expand="layers.7")


def test_long_calculations_fit_two_screens() -> None:
    x = Value(0.3)
    parts = [x]
    for k in range(60):
        x = [x.sin, x.exp, x.tanh, x.cos][(k * k + k // 7) % 4]() * (0.5 + k % 5)
        parts.append(x)
    width = float(parsed(svg(draw_dot(x))).get("width").removesuffix("pt"))
    assert width < 2 * 1200


# -- another language -----------------------------------------------------------------------------


def test_labels_replace_words_names_and_single_nodes() -> None:
    *_, b, y = neuron()
    shown = svg(draw_dot(y, labels={"data": "Wert", "grad": "Gradient", "x": "Eingabe", b: "Schwelle"}))
    assert ["Eingabe", "Wert 2.0000", "Gradient 0.3932"] in groups(shown, "node")
    assert ["Schwelle", "Wert -1.5000", "Gradient 0.7864"] in groups(shown, "node")


def test_a_picture_speaks_german_throughout() -> None:
    from viz.labels import GERMAN

    dot = draw_dot(swing(200), labels=GERMAN)
    shown = parsed(svg(dot))
    english = {"data", "grad", "nodes", "steps", "step", "showing", "folded", "of", "leaves"}
    said = " ".join([shown[0].text, shown[1].text, *texts(shown)])
    assert not english & set(said.replace(":", "").replace(".", "").split())
    assert "Schritte 2-199" in names(dot)
    assert "Schritte 2-16" in names(draw_dot(swing(200), labels=GERMAN, expand="Schritt 17"))


def test_a_label_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match=r"labels= names 'daat', which is neither a word of pictures"):
        draw_dot(Value(1.0), labels={"daat": "Wert"})


# -- options ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rankdir", ["LR", "TB", "RL", "BT"])
def test_the_direction_is_passed_on(rankdir) -> None:
    assert draw_dot(Value(1.0).exp(), rankdir=rankdir).graph_attr["rankdir"] == rankdir


def test_micrograds_arguments_work_by_place() -> None:
    dot = draw_dot(Value(1.0).exp(), "png", "TB")
    assert (dot.format, dot.graph_attr["rankdir"]) == ("png", "TB")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rankdir": "XX"}, "rankdir must be one of LR, TB, RL, BT; got 'XX'"),
        ({"format": "nonsense"}, "nonsense"),
        ({"depth": -1}, "depth must be at least 0, got -1"),
        ({"radius": 1}, "radius= is a distance from focus="),
        ({"max_nodes": 0}, "max_nodes must be at least 1, got 0"),
        ({"fold": "x"}, "fold must be one of"),
        ({"focus": Value(1.0)}, "is not in this graph"),
        ({"focus": Value(1.0), "depth": 1}, "give one of them"),
    ],
)
def test_options_without_such_a_value_are_refused(options, message) -> None:
    with pytest.raises(ValueError, match=message):
        draw_dot(Value(1.0), **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"depth": 1.5}, "depth must be an integer, got 1.5 of type float"),
        ({"depth": True}, "depth must be an integer, got True"),
        ({"focus": 3.0}, "focus must be a Value of the graph, got 3.0"),
    ],
)
def test_options_of_another_type_are_refused(options, message) -> None:
    with pytest.raises(TypeError, match=message):
        draw_dot(Value(1.0), **options)


@pytest.mark.parametrize("root", [1.0, None, "x"])
def test_only_values_are_drawn(root) -> None:
    with pytest.raises(TypeError, match="a graph is drawn below a Value"):
        draw_dot(root)


def test_title_and_description_tell_what_is_to_be_seen() -> None:
    root = parsed(svg(draw_dot(neuron()[-1], depth=1)))
    assert root[0].text == "Computation graph of y"
    assert root[1].text.startswith("6 nodes, 3 of them leaves; y = -0.4621.")
    assert root[1].text.endswith("Showing 2 of 6 nodes; to depth 1.")


def test_opening_a_fold_leaves_the_others_their_names() -> None:
    xs, y = [Value(float(i), label=f"x{i}") for i in range(4)], Value(1.0, label="y")
    for _ in range(4):
        y = (y * (xs[0] + xs[1] + xs[2])).tanh()
    every = ["sum of 3", "sum of 3 (2)", "sum of 3 (3)", "sum of 3 (4)"]

    def folded(*opened: str) -> str:
        return draw_dot(y, fold="sums", expand=opened).description.partition("Folded")[2]

    for opened in (*every, every[:2], every[1:]):
        chosen = [opened] if isinstance(opened, str) else opened
        left = folded(*chosen)
        for name in every:
            there = f"{name}," in f"{left.replace('.', ',').replace(';', ',')},"
            assert there is (name not in chosen), (chosen, left)
