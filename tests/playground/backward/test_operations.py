"""The operations of the Backward pass tab, against the engine's own gradients."""

import math
import os
import random
import re
import subprocess
import sys

import numpy as np
import pytest

from engine import Value, backend, paths
from engine.graph.walks import trace
from playground.backward import gallery
from playground.backward.formulas import from_formula
from playground.backward.made import ProgramError
from playground.backward.operations import scene_of
from playground.backward.scene import Scene
from playground.core import Session
from playground.wire import unpack

FORMULA = "x = 0.8\na = x**2\nb = sin(x)\nL = a*b + x"


def ask(session, op, **args):
    head, arrays = unpack(session.call(op, args))
    return {**head, **arrays}


@pytest.fixture
def session():
    return Session()


def opened(session, name):
    example = next(each for each in gallery.examples() if each["name"] == name)
    return ask(
        session, "backward_open", text=example["text"], language=example["language"], example=example["name"]
    )


WIDE = """import nn
model = nn.MLP(8, [20, 3], rng=0)
samples = [[i / (j + 1) for j in range(8)] for i in range(5)]
errors = [out - (k == i % 3) for i, x in enumerate(samples) for k, out in enumerate(model(x))]
loss = sum(error**2 for error in errors) / 5
"""


def wide():
    """A session with a network whose layers pass two screens, and what it answered."""
    session = Session(in_tab=True)
    return session, ask(session, "backward_open", text=WIDE, language="python")


def steps_of(answer):
    """Tail, before and after of each step, and the gradients they lead to: what the page makes of it."""
    grad = np.zeros(answer["nodes"])
    grad[answer["root"]] = 1.0
    steps = []
    with np.errstate(all="ignore"):
        parts = answer["local"] * answer["grad"][answer["edges"][0]]
    for slot, tail, part in zip(*answer["edges"][1:].tolist(), answer.get("parts", parts), strict=True):
        before, grad[tail] = float(grad[tail]), part if slot < 0 else grad[tail] + part
        steps.append((tail, before, float(grad[tail])))
    return steps, grad


def replayed(answer):
    return steps_of(answer)[1]


@pytest.mark.parametrize("name", [each["name"] for each in gallery.examples() if each["name"] != "digits"])
def test_replayed_steps_are_the_gradients_of_the_engine_bit_for_bit(session, name):
    answer = opened(session, name)
    assert "error" not in answer
    scene = scene_of(session)
    scene.root.zero_grad()
    scene.root.backward()
    assert np.array_equal(replayed(answer), [node.grad for node in scene.graph.nodes], equal_nan=True)


def test_set_leaf_replays_like_a_new_formula(session):
    ask(session, "backward_open", text=FORMULA)
    changed = ask(session, "backward_set", values={"0": -1.3})
    anew = ask(Session(), "backward_open", text=FORMULA, values={"x": -1.3})
    for name in ("data", "grad", "edges", "local"):
        assert np.array_equal(changed[name], anew[name])


def test_lines_and_names_are_those_of_the_text(session):
    answer = ask(session, "backward_open", text="# two lines\nh = tanh(w*x)\nL = h**2")
    assert dict(zip(answer["names"], answer["lines"], strict=True))["h"] == 2
    assert answer["names"][answer["root"]] == "L"
    assert answer["lines"][answer["root"]] == 3


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("x = 1\ny = nosuch(x)", 2, "unknown function 'nosuch'"),
        ("x = 1\n\ny = x +", 3, "not an expression"),
        ("__import__('os').system('true')", 1, "not allowed"),
        ("import os", 1, "not an expression"),
        ("", None, "no formula"),
        ("x = 3", None, "is a number"),
    ],
)
def test_errors_have_their_line(session, text, line, part):
    error = ask(session, "backward_open", text=text)["error"]
    assert part in error["message"]
    assert error.get("line") == line


def test_server_runs_no_program_that_was_typed(session, tmp_path):
    text = f"open({str(tmp_path / 'made')!r}, 'w')\nfrom engine import Value\nloss = Value(1.0) * 2"
    error = ask(session, "backward_open", text=text, language="python")["error"]
    assert "FILE.py" in error["hint"]
    assert not (tmp_path / "made").exists()
    edited = gallery.program_of("xor") + f"\nopen({str(tmp_path / 'made')!r}, 'w')"
    assert "error" in ask(session, "backward_open", text=edited, language="python", example="xor")
    assert not (tmp_path / "made").exists()


def test_tab_runs_programs_and_names_their_lines():
    text = "from engine import Value\nw = Value(3.0)\nprint('hello')\nh = w * w\nh.tanh()"
    answer = ask(Session(in_tab=True), "backward_open", text=text, language="python")
    assert answer["printed"] == "hello\n"
    assert answer["names"][0] == "w"
    assert answer["lines"].tolist() == [0, 4, 5]
    error = ask(Session(in_tab=True), "backward_open", text="x = 1\nx.foo", language="python")["error"]
    assert error["line"] == 2
    assert "AttributeError" in error["message"]


FITTED = """import nn
from engine import Value, jit
model = nn.MLP(2, [3, 1], rng=0)
nn.fit(model, [[0, 1], [1, 0]], [1, -1], optimizer=nn.Adam(model.parameters()), loss="mse", epochs=2)
f = jit(lambda a, b: a * b + 1.0)
loss = model([0.5, 1.0]) ** 2 + f(Value(2.0), 3.0)
"""


@pytest.mark.parametrize("backend", sorted({"python", backend}))
def test_programs_that_fit_and_lift_are_shown(backend):
    code = (
        "import sys; from playground.core import Session; from playground.wire import unpack\n"
        "args = {'text': sys.argv[1], 'language': 'python'}\n"
        "head, arrays = unpack(Session(in_tab=True).call('backward_open', args))\n"
        "assert 'error' not in head, head['error']\n"
        "assert arrays['lines'][head['root']] == 6"
    )
    environment = {**os.environ, "CHAINRULE_BACKEND": backend}
    done = subprocess.run(
        [sys.executable, "-c", code, FITTED], capture_output=True, text=True, env=environment
    )
    assert not done.returncode, done.stderr


def test_file_of_the_command_line_is_run(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("from engine import Value\nloss = Value(3.0) ** 2\n", encoding="utf-8")
    session = Session(file)
    given = ask(session, "backward_start")["given"]
    answer = ask(session, "backward_open", text=given["text"], language="python")
    assert given["name"] == "mine.py"
    assert answer["data"][answer["root"]] == 9.0


def test_paths_have_shares_products_and_the_narrowest_edge(session):
    x = ask(session, "backward_open", text="x = 0.5\ny = exp(0.001*x) * 5 + x")["names"].index("x")
    found = ask(session, "backward_paths", node=x)
    scene = scene_of(session)
    expected = paths(scene.root, scene.graph.nodes[x])
    assert [path["product"] for path in found["paths"]] == [path.product for path in expected]
    second = found["paths"][1]
    assert second["factors"][second["narrowest"]] == 0.001
    assert found["count"] == "2 paths"


def test_check_compares_with_finite_differences_and_knows_kinks(session):
    answer = ask(session, "backward_open", text=FORMULA)
    for node in range(answer["nodes"]):
        found = ask(session, "backward_check", node=node)
        assert found["agrees"]
        assert math.isclose(found["numeric"], answer["grad"][node], rel_tol=1e-6)
    ask(session, "backward_open", text="x = 0\ny = relu(x)")
    assert "kink" in ask(session, "backward_check", node=0)["remark"]


def test_check_leaves_the_gradients_as_they_were(session):
    answer = ask(session, "backward_open", text=FORMULA)
    ask(session, "backward_check", node=0)
    ask(session, "backward_warnings")
    assert [node.grad for node in scene_of(session).graph.nodes] == answer["grad"].tolist()


def test_warnings_name_the_line_where_nan_arises(session):
    ask(session, "backward_open", text="p = 0\nq = 2\ng = p*log(p)\nL = g + q")
    found = ask(session, "backward_warnings")["warnings"]
    about = next(each for each in found if "arose forward in log" in each["message"])
    assert about["line"] == 3
    assert "recomputed" not in about["message"]


def test_warnings_of_a_deep_sigmoid_say_that_the_gradient_vanishes(session):
    opened(session, "deep_sigmoid")
    found = ask(session, "backward_warnings")
    assert "vanishes" in found["warnings"][0]["message"]
    assert len(found["layers"]) == 10
    opened(session, "dead_relu")
    assert "dead" in ask(session, "backward_warnings")["warnings"][0]["message"]


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        (6.0, "Right"),
        (3.0, "upstream factor ∂L/∂a = 2"),
        (2.0, "local factor ∂a/∂w = x"),
        (-6.0, "sign"),
        (7.5, "is wrong"),
    ],
)
def test_quiz_tells_which_factor_is_wrong(session, answer, part):
    names = ask(session, "backward_open", text="w = 5\nx = 3\na = w*x\nL = 2*a")["names"]
    found = ask(session, "backward_judge", node=names.index("w"), answer=answer)
    assert part in found["message"]
    assert found["right"] == (answer == 6.0)


def test_quiz_tells_the_term_that_is_missing(session):
    answer = ask(session, "backward_open", text="x = 2\na = x**2\nL = a + 3*x")
    x = answer["names"].index("x")
    assert "The term by v1 is missing" in ask(session, "backward_judge", node=x, answer=4.0)["message"]


def shows_all(answer, count):
    """Whether each of so many nodes has its box, and each box as many as it says."""
    held = np.bincount(answer["box_of"], minlength=len(answer["view"]["boxes"]))
    return [box["members"] for box in answer["view"]["boxes"]] == held.tolist() and held.sum() == count


def test_every_level_shows_every_node_once(session):
    answer = opened(session, "xor")
    for level in ("loss", "layers", "neurons", "scalars"):
        shown = ask(session, "backward_view", level=level)
        assert shows_all(shown, answer["nodes"]), level
    assert len(shown["view"]["boxes"]) == answer["nodes"]


def box_named(answer, title):
    return next(k for k, box in enumerate(answer["view"]["boxes"]) if box["title"] == title)


def test_boxes_open_down_to_single_nodes(session):
    opened(session, "xor")
    answer = ask(session, "backward_view", level="loss")
    for title in ("loss", "layers.0", "layers.0.neurons.1"):
        answer = ask(session, "backward_view", box=box_named(answer, title))
    box = answer["box_of"][scene_of(session).names.index("layers.0.neurons.1.w.0")]
    assert answer["view"]["boxes"][box]["kind"] == "node"
    assert "error" in ask(session, "backward_view", box=int(box))


def test_a_hidden_node_is_revealed():
    session, answer = wide()
    for node in (2, 70, answer["nodes"] - 30):
        answer = ask(session, "backward_view", node=node)
        assert answer["view"]["boxes"][answer["box_of"][node]]["kind"] == "node"


def test_whatever_is_opened_every_node_of_the_view_has_its_box():
    chance, nodes = random.Random(1), None
    session, answer = wide()
    for _ in range(12):
        boxes = answer["view"]["boxes"]
        assert len(boxes) <= 400
        shown = np.flatnonzero(answer["box_of"] >= 0)
        assert nodes is None or set(nodes) <= set(shown)
        folded = [k for k, box in enumerate(boxes) if box["kind"] != "node"]
        if not folded:
            break
        box = chance.choice(folded)
        nodes = np.flatnonzero(answer["box_of"] == box)
        assert len(nodes) == boxes[box]["members"] > 1
        answer = ask(session, "backward_view", box=box)
        assert len(np.unique(answer["box_of"][nodes])) > 1, boxes[box]["title"]
    first = ask(session, "backward_view", up=0)["view"]["boxes"]
    for k, box in enumerate(first):
        if box["kind"] != "node":
            assert len(ask(session, "backward_view", box=k)["view"]["boxes"]) > 1
            ask(session, "backward_view", up=0)


def test_70000_nodes_open_folded():
    text = (
        "from engine import Value\nx = Value(0.5)\ny = x\nfor _ in range(17_500):\n"
        "    y = y * 0.999 + x * 0.001\ny"
    )
    answer = ask(Session(in_tab=True), "backward_open", text=text, language="python")
    assert answer["nodes"] > 69_000
    assert len(answer["view"]["boxes"]) <= 150
    assert shows_all(answer, answer["nodes"])


def test_random_formulas_replay_bit_for_bit():
    chance = random.Random(3)
    for _ in range(30):
        known, lines = ["x", "w", "b"], []
        for i in range(chance.randint(1, 8)):
            f = chance.choice(
                ["{0}*{1}", "{0}+{1}", "tanh({0})*{1}", "sin({0})-{1}", "relu({0})+{1}", "{0}/({1}**2+1)"]
            )
            lines.append(f"v{i} = " + f.format(chance.choice(known), chance.choice(known)))
            known.append(f"v{i}")
        session = Session()
        answer = ask(session, "backward_open", text="\n".join(lines))
        root = scene_of(session).root
        root.zero_grad()
        root.backward()
        assert replayed(answer).tolist() == [node.grad for node in trace(root).nodes]


def test_given_loss_of_a_notebook_is_opened():
    w = Value(3.0, label="w")
    answer = ask(Session(given={"loss": w * w}), "backward_given")
    assert answer["grad"][0] == 6.0


@pytest.mark.parametrize("name", ["xor", "deep_sigmoid", "dead_relu"])
def test_statements_know_the_scalars_they_compute(session, name):
    answer = opened(session, name)
    names = answer["names"]
    found = ask(session, "backward_statements")["statements"]
    written = {each["text"]: each for each in found}
    weights = {i for i, each in enumerate(names) if each.startswith("layers.")}
    computed = {node for each in found if each["gradient"] for cell in each["cells"] for node in cell}
    assert weights <= computed
    if name == "xor":
        product = next(each for text, each in written.items() if text.startswith("dW1 = dz1 @"))
        assert product["shape"] == [3, 2]
        shown = [[names[node] for node in cell] for cell in product["cells"]]
        assert shown == [[f"layers.0.neurons.{i}.w.{k}"] for i in range(3) for k in range(2)]


def test_statements_of_dead_units_are_told_apart(session):
    names = opened(session, "dead_relu")["names"]
    first = ask(session, "backward_statements")["statements"][0]
    sums_and_their_activations = [[names[node] for node in cell] for cell in first["cells"]]
    assert sorted(node for cell in first["cells"] for node in cell) == sorted(
        {node for cell in first["cells"] for node in cell}
    )
    assert len(sums_and_their_activations) == 8


def test_what_a_hook_makes_of_a_gradient_comes_along():
    x = Value(3.0)
    y = x * x
    y.register_hook(lambda g: 2 * g)
    answer = ask(Session(given={"loss": y + 1.0}), "backward_given")
    assert answer["upstream"].tolist() == [1.0, 1.0, 1.0, 2.0, 2.0]
    assert steps_of(answer)[0][-1] == (0, 6.0, 12.0)
    assert x.grad == 0.0 or x.grad == 12.0


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("python", "from engine import Value\nx = Value(2.0, label='x')\ny = x * x if x > 0 else -x", True),
        ("formula", "x = 2\ny = x * x", False),
    ],
)
def test_that_a_program_is_not_run_again_is_said_when_a_leaf_changes(session, language, text, said):
    session.in_tab = True
    opened = ask(session, "backward_open", text=text, language=language)
    texts = [each["message"] for each in ask(session, "backward_warnings")["warnings"]]
    assert not any("not run again" in each for each in texts)
    leaf = opened["leaves"][0]["node"]
    ask(session, "backward_set", values={str(leaf): -1.0})
    texts = [each["message"] for each in ask(session, "backward_warnings")["warnings"]]
    assert any("not run again" in each for each in texts) == said


def test_a_formula_written_as_on_paper_is_refused_with_how_it_is_written_here() -> None:
    refused = {"w = 3\ny = 2w^2": "write 2*w**2", "x if x > 0 else 0": "write where(x > 0, x, 0)"}
    for text, advice in refused.items():
        with pytest.raises(ProgramError, match=re.escape(advice)) as caught:
            from_formula(text)
        assert caught.value.line == text.count("\n") + 1
    assert from_formula("e * x", {"x": 2.0}).root.data == 2.0 * math.e
    assert from_formula("e * x", {"x": 2.0, "e": 3.0}).root.data == 6.0


@pytest.mark.parametrize("fails", ["described", "numbers"])
def test_a_text_that_cannot_be_shown_leaves_the_graph_that_is_open(session, monkeypatch, fails):
    before = ask(session, "backward_open", text=FORMULA)
    with monkeypatch.context() as patch:
        patch.setattr(Scene, fails, lambda scene: 1 / 0)
        assert "division" in ask(session, "backward_open", text="p * q")["error"]["message"]
    again = ask(session, "backward_set", values={})
    np.testing.assert_array_equal(again["grad"], before["grad"])
