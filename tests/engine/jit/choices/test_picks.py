"""Integers as indexes of lists and tuples: one program for all, with the function's numbers and gradients."""

import itertools
import math
import operator
import random
import runpy
import warnings
from collections import namedtuple

import numpy as np
import pytest

import engine
import nn
from engine import Value, jit, vmap
from engine.jit.choices.parts import leaves
from tests.sampling import samples

draw = random.Random(3)


def values(*shape):
    if not shape:
        return Value(draw.gauss(0.0, 1.0))
    return [values(*shape[1:]) for _ in range(shape[0])]


N, D = 7, 3
P, Q, TABLE, OTHER, W, B = values(N), values(N), values(N, D), values(N, D), values(D, D), values(D)
PAIRS = tuple(tuple(row) for row in values(N, 2))
TIED = [P[0], P[1], P[0], P[2], P[1], P[3], P[3]]
TIED_ROWS = [TABLE[0], TABLE[1], TABLE[0], TABLE[2], TABLE[1], TABLE[3], TABLE[3]]
DEEP = values(N, 2, 2)
STATE = {"wte": TABLE, "lm": OTHER, "layers": [W, values(D, D)]}
GRID, VECTOR = np.array(TABLE, dtype=object), np.array(P, dtype=object)
MIXED = [[each, 1.0, row] for each, row in zip(P, TABLE, strict=True)]


class Model:
    def __init__(self) -> None:
        self.table, self.out = values(N, D), values(N, D)
        self.blocks = [{"bias": values(N)}, {"bias": values(N)}]

    def __call__(self, tokens, t):
        x = self.table[tokens[0]]
        for token in tokens[1:]:
            x = [a + engine.tanh(b) for a, b in zip(x, self.table[token], strict=True)]
        logits = [dot(row, x) for row in self.out]
        return -log_softmax(logits)[t] * self.blocks[1]["bias"][t]

    def look(self, i):
        return self.table[i]


model = Model()
linear = nn.Linear(D, 2, rng=random.Random(5))


def dot(xs, ys):
    return sum(x * y for x, y in zip(xs, ys, strict=True))


def softmax(xs):
    powers = [engine.exp(x) for x in xs]
    total = sum(powers)
    return [x / total for x in powers]


def log_softmax(xs):
    found = [engine.log(x) for x in softmax(xs)]
    return found  # noqa: RET504


# -- what becomes one program ------------------------------------------------------------------------------


def a_number(i):
    return P[i] * 2


def itself(i):
    return P[i]


def a_row(i):
    return TABLE[i]


def a_row_in_a_dict(i, j):
    return {"row": TABLE[i], "both": [P[j], P[i] * P[j]]}


def beside_one_read_directly(i):
    return P[i] * P[2] + P[0]


def of_a_tuple(i):
    a, b = PAIRS[i]
    return a * b + PAIRS[2][0] * a


def twice(i, j):
    return dot(TABLE[i], TABLE[j]) + sum(TABLE[1]) * P[j]


def the_same_twice(i):
    row = TABLE[i]
    return dot(row, TABLE[i]) + row[0]


def of_two_tables(i):
    return sum(a + b for a, b in zip(TABLE[i], OTHER[i], strict=True)) ** 2


def by_name_of_a_position(tokens):
    return sum(dot(TABLE[tokens[i]], OTHER[i]) for i in range(len(tokens)))


def tied(i, j):
    return TIED[i] * TIED[j] + TIED[0]


def tied_rows(i, j):
    return dot(TIED_ROWS[i], TIED_ROWS[j])


def tied_to_the_output(i, t):
    x = [engine.tanh(a) for a in TABLE[i]]
    p = softmax([dot(row, x) for row in TABLE])
    return -p[t].log()


def through_a_list_of_integers(tokens, i):
    return P[tokens[i]] * Q[tokens[0]]


def deep(i):
    (a, b), (c, d) = DEEP[i]
    return a * d - b * c


def deeper(i, j):
    return DEEP[i][1][0] * P[j] + DEEP[i][0][j % 2 if isinstance(j, str) else 1]


def computed(i, x):
    h = [w * x for w in P]
    return engine.exp(h[i]) * h[1]


def computed_index(i):
    return P[i - 1] * P[-i]


def through_state(i, t):
    x = [dot(row, STATE["wte"][i]) for row in STATE["layers"][0]]
    h = [dot(row, x) for row in STATE["layers"][-1]]
    p = softmax([dot(row, h) for row in STATE["lm"]])
    return -p[t].log()


def kept_in_a_list(tokens):
    keys = []
    total = 0
    for token in tokens:
        keys.append(TABLE[token])
        total += sum(dot(key, keys[-1]) for key in keys)
    return total


def picked_from_a_list_of_picked(tokens, i):
    rows = [TABLE[token] for token in tokens]
    return dot(rows[i], B)


def picked_from_picked(i, j):
    row = TABLE[i]
    return row[j] * P[i]


def picked_from_computed_rows(tokens, i):
    rows = [[a * B[0] for a in TABLE[token]] for token in tokens]
    return sum(rows[i])


def next_ones(tokens):
    return sum(dot(TABLE[t], OTHER[target]) for t, target in itertools.pairwise(tokens))


def zipped(tokens):
    found = 0
    for position, token in enumerate(tokens):
        x = [a + b for a, b in zip(TABLE[token], OTHER[position], strict=True)]
        found = found + dot(x, x)
    return found


def through_a_layer(i):
    return sum(linear(TABLE[i]))


def by_a_method(i):
    return dot(model.look(i), B)


def by_an_object(tokens, t):
    return model(tokens, t)


def from_a_call(i, t):
    x = [dot(row, TABLE[i]) for row in OTHER]
    return -softmax(x)[t].log() + engine.softmax(P)[i] * look_up(TABLE)[t][1]


def look_up(table):
    return [[2 * a for a in row] for row in table]


def logarithms(i, t):
    return -engine.log_softmax([dot(row, TABLE[i]) for row in OTHER])[t] - engine.log_softmax([1.0, *P])[i]


def from_a_call_of_an_object(i, t):
    return -engine.log_softmax(linear(TABLE[i]))[t % 2 if isinstance(t, str) else 0] + linear(TABLE[t])[0]


def of_an_array_of_objects(tokens, i):
    tokens = np.array(tokens)
    row = GRID[i] * GRID[tokens[1]] + GRID[0]
    return row.sum() + GRID[tokens[2]][1] + VECTOR[i] * GRID[0, 1]


def set_to_another(i, x):
    table = TABLE if len(TABLE) == N else OTHER
    row = [*table[i]]
    row[0] = row[0] * x
    return sum(row)


def rows_of_several_kinds(i):
    p, one, row = MIXED[i]
    return p * one + row[1]


def with_a_number_that_is_compared(i, x):
    h = P[i] * x
    return h if h > 0 else 0.1 * h


def a_relu_of_each(i):
    return sum(max(0.0, w) for w in TABLE[i]) * P[0] + Q[i]


def largest_by_where(tokens):
    best = TABLE[tokens[0]][0]
    for token in tokens[1:]:
        best = best if best > TABLE[token][0] else TABLE[token][0]
    return best * P[0]


def of_an_array(tokens):
    tokens = np.array(tokens)
    return sum(P[token] * Q[token] for token in tokens)


def starred(i):
    return dot([*TABLE[i]], (lambda a, b, c: [c, b, a])(*TABLE[i]))


def in_words_of_a_comprehension(tokens):
    return sum(w * v for token in tokens for w, v in zip(TABLE[token], B, strict=True))


def derivative(i, x):
    h = B[0] * x
    return h * engine.grad(lambda y: P[i] * y * y)(h)


ONE = [
    *(a_number, itself, a_row, a_row_in_a_dict, beside_one_read_directly, of_a_tuple, twice, the_same_twice),
    *(
        of_two_tables,
        by_name_of_a_position,
        tied,
        tied_rows,
        tied_to_the_output,
        deep,
        computed,
        through_a_list_of_integers,
    ),
    *(computed_index, through_state, kept_in_a_list, picked_from_a_list_of_picked, picked_from_computed_rows),
    *(picked_from_picked, next_ones, zipped, through_a_layer, by_a_method, set_to_another, from_a_call),
    logarithms,
    of_an_array_of_objects,
    *(rows_of_several_kinds, with_a_number_that_is_compared, a_relu_of_each, of_an_array),
    *(starred, in_words_of_a_comprehension, derivative),
]

# -- what keeps a program for each integer ------------------------------------------------------------------

PLAIN = [0.5, -1.0, 2.0, 0.0, 1.0, 4.0, 4.0]
PERM = [3, 0, 6, 1, 2, 5, 4]
PADDED = [[0.0] * D, *TABLE[1:]]
RAGGED = [row[: 1 + i % 3] for i, row in enumerate(TABLE)]
NAMED = [Value(0.5, label=f"v{i}") for i in range(N)]
Pair = namedtuple("Pair", "a b")
NAMED_TUPLE = Pair(*P[:2])
ACTS = [engine.tanh, engine.exp, engine.sin, abs, engine.cos, engine.sigmoid, engine.softplus]


def plain(i):
    return P[0] * PLAIN[i]


def through_a_permutation(i):
    return P[PERM[i]] * Q[i]


def padded(i):
    return dot(PADDED[i], B) + P[i]


def ragged(i):
    return sum(RAGGED[i]) * len(RAGGED[i])


def functions(i):
    return ACTS[i](P[i])


def counted(i):
    return sum(P[:i], P[0]) + sum(Q[j] for j in range(i)) + P[i]


def compared(i):
    return P[i] * 2 if i == 3 else P[i]


def named(i):
    return NAMED[i] * (2.0 if NAMED[i].label == "v6" else 1.0)


def found_equal(i):
    return P[0] * 3 if P[i] == P[5] else P[i]


def found_in(i):
    return P[0] * (TABLE.index(TABLE[i]) + 1.0)


def found_by_key(i):
    return P[i] * {P[5]: 2.0}.get(P[i], 1.0)


def found_by_rows(i):
    return P[0] * (2.0 if TABLE[i] == TABLE[5] else 1.0)


def is_one(i):
    return P[0] * 3 if P[i] is P[5] else P[i]


def read_out(i):
    return P[i] * P[i].data


def put(i):
    cache = [p * 1.0 for p in P]
    cache[i] = Q[0] * 1.0
    return cache[i] * cache[0]


def by_a_slice(i):
    s = slice(i, i + 1)
    return sum(P[s], Q[0])


def by_an_object_of_its_own(i):
    class Turned:
        def __getitem__(self, k):
            return P[(k + 1) % N]

    return Turned()[i] * 2


def by_get(i):
    return P.__getitem__(i) * 2


def named_tuple(i):
    return NAMED_TUPLE[i % 2 if type(i) is int else int(i) % 2]


EACH = [
    *(plain, through_a_permutation, padded, ragged, functions, counted, compared, named, found_equal),
    *(found_by_key, found_by_rows, is_one, read_out, put, by_a_slice, by_an_object_of_its_own, by_get),
    *(named_tuple, deeper, found_in, by_an_object, largest_by_where, from_a_call_of_an_object),
]

_FOUND = leaves([P, Q, B, TABLE, OTHER, W, PAIRS, DEEP, STATE, NAMED, model.table, model.out, model.blocks])
ALL = [*dict.fromkeys(x for x in _FOUND if isinstance(x, Value)), *linear.parameters()]


def given(f):
    """Arguments for a function, by the names of its parameters."""
    of_name = {
        "tokens": lambda: [draw.randrange(-N, N) for _ in range(4)],
        "i": lambda: draw.randrange(0 if "range" in f.__code__.co_names else -N, N),
        "t": lambda: draw.randrange(N),
        "x": lambda: draw.gauss(0.0, 1.0),
    }
    of_name["j"] = (lambda: draw.randrange(-D, D)) if f is picked_from_picked else of_name["t"]
    names = f.__code__.co_varnames[: f.__code__.co_argcount]
    found = [of_name[name]() for name in names]
    if f.__name__ in FROM_FOUR:
        found[-1] = draw.randrange(-4, 4)
    if f is computed_index:
        found[0] = draw.randrange(1, N)
    return found


def numbers(f, *args):
    """The numbers that f returns, and the gradients of a sum of them."""
    for w in ALL:
        w.grad = 0.0
    found = [x for x in leaves(f(*args)) if isinstance(x, (int, float, Value))]
    total = engine.sum([x * (0.3 + k) for k, x in enumerate(found)])
    if isinstance(total, Value):
        total.backward()
    return [float(getattr(x, "data", x)) for x in found], [w.grad for w in ALL]


def agree(f, lifted, *args):
    for mine, own in zip(numbers(lifted, *args), numbers(f, *args), strict=True):
        np.testing.assert_allclose(mine, own, rtol=1e-10, atol=1e-12)


FROM_FOUR = {"picked_from_a_list_of_picked", "picked_from_computed_rows", "through_a_list_of_integers"}
POINTS = samples(12, 40)


@pytest.fixture(autouse=True)
def no_warnings():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*keeps changing", RuntimeWarning)
        yield


def test_what_an_integer_picks_is_one_program() -> None:
    for f in ONE:
        lifted = jit(f, audit=False)
        for _ in range(POINTS):
            agree(f, lifted, *given(f))
        assert lifted.traces == 1, f
        assert lifted.graph.is_merged, f


def test_what_is_more_than_an_item_keeps_a_program_for_each() -> None:
    for f in EACH:
        lifted = jit(f, audit=False)
        for _ in range(POINTS):
            agree(f, lifted, *given(f))


MANY, RARE = values(30), 17
A, Z = values(2)
COMMON = [A] * RARE + [Z] + [A] * (29 - RARE)


class Row(list):
    scale = 1.0


class Like:
    """Equal to all others."""

    def __init__(self, scale):
        self.scale = scale

    def __eq__(self, other):
        return True

    __hash__ = None


def rows_of(rare, other):
    return [[w, rare if k == RARE else other] for k, w in enumerate(MANY)]


ROWS = [Row([w, A]) for w in MANY]
ROWS[RARE].scale = 2.0
LIKE = [[w, Like(float(k == RARE))] for k, w in enumerate(MANY)]
ZEROS, ONES, TRUE = rows_of(-0.0, 0.0), rows_of(1.0, 1), rows_of(True, 1)


def set_after(i, j, x):
    rows = [[w * x, w + x] for w in MANY]
    p, q = rows[i], rows[j]
    p[0] = A * x
    return q[0] * q[1]


def set_after_in_an_array(i, j, x):
    rows = np.array([[w * x, w + x] for w in MANY], dtype=object)
    p, q = rows[i], rows[j]
    p[0] = A * x
    return q[0] * q[1]


def set_after_in_a_dict(i, j, x):
    rows = [{"h": w * x} for w in MANY]
    p, q = rows[i], rows[j]
    p["h"] = A * x
    return q["h"] * x


def appended_after(i, j, x):
    rows = [[w * x] for w in MANY]
    rows[i].append(A * x)
    return sum(rows[3]) + MANY[j]


def reversed_after(i, j, x):
    rows = [[w * x, A * x] for w in MANY]
    p, q = rows[i], rows[j]
    p.reverse()
    return q[0] * x


def found_among_others(i, j, x):
    return MANY[j] * x if COMMON[i] in (A,) else Z * x


def equal_as_lists(i, j, x):
    return MANY[j] * x if [COMMON[i]] == [A] else Z * x


def told_apart_by_a_function(i, j, x):
    return MANY[j] * x if operator.is_(COMMON[i], COMMON[RARE]) else Z * x


def an_attribute_of_a_row(i, j, x):
    return ROWS[i].scale * ROWS[i][0] * x + MANY[j]


def what_is_only_equal(i, j, x):
    return LIKE[i][1].scale * LIKE[i][0] * x + MANY[j]


def a_sign_of_zero(i, j, x):
    return math.copysign(1.0, ZEROS[i][1]) * ZEROS[i][0] * x + MANY[j]


def a_text_of_one(i, j, x):
    return (2.0 if str(ONES[i][1]) == "1" else 3.0) * (2.0 if str(TRUE[i][1]) == "1" else 3.0) * MANY[j] * x


def test_what_few_integers_show_is_as_unlifted() -> None:
    changed = (set_after, set_after_in_an_array, set_after_in_a_dict, appended_after, reversed_after)
    told_apart = (found_among_others, equal_as_lists, told_apart_by_a_function)
    beside = (an_attribute_of_a_row, what_is_only_equal, a_sign_of_zero, a_text_of_one)
    indexes = ((1, 2), (4, 9), (5, 6), (RARE, 8), (2, RARE), (RARE, RARE), (3, 3), (3, 11))
    held = [*MANY, A, Z]
    for f in (*changed, *told_apart, *beside):
        lifted = jit(f, audit=False)
        for i, j in indexes:
            x = draw.gauss(0.0, 1.0)
            mine, own = lifted(i, j, x), f(i, j, x)
            assert mine.data == pytest.approx(own.data, rel=1e-10), (f, i, j)
            assert engine.gradients(mine, held) == pytest.approx(engine.gradients(own, held), rel=1e-10), (
                f,
                i,
                j,
            )


def test_samples_of_a_batch_are_one_program() -> None:
    columns = [[draw.randrange(N) for _ in range(30)] for _ in range(2)]
    for f in (twice, tied_to_the_output, through_state, from_a_call, logarithms):
        lifted, mapped = jit(f, batch=True, audit=False), vmap(f)
        for kind in (np.array, list, lambda column: np.array(column, float)):
            for first in (0, 15):
                given = [column[first : first + 15] for column in columns]
                agree(
                    lambda i, t, f=f: engine.mean([f(*row) for row in zip(i, t, strict=True)]),
                    lambda i, t, lifted=lifted, kind=kind: lifted(kind(i), kind(t)),
                    *given,
                )
                with engine.no_grad():
                    expected = [f(*row).data for row in zip(*given, strict=True)]
                    np.testing.assert_allclose(mapped(*map(kind, given)), expected, rtol=1e-10)
        assert lifted.traces == 1
        assert lifted.graph.is_merged
        with pytest.raises(IndexError, match="list index out of range"):
            lifted([0, 1, N], [0, 0, 0])


def test_an_index_that_is_none_raises_what_it_raises_unlifted() -> None:
    for f in (a_number, twice, of_a_tuple, by_a_method, from_a_call):
        lifted = jit(f, audit=False)
        for i in range(-N, N):
            lifted(*[i] * f.__code__.co_argcount)
        assert lifted.graph.is_merged
        for wrong in (N, -N - 1, 10**6):
            with pytest.raises(IndexError) as expected:
                f(*[wrong] * f.__code__.co_argcount)
            with pytest.raises(IndexError, match=str(expected.value)):
                lifted(*[wrong] * f.__code__.co_argcount)
        for wrong in (0.5, float("nan"), float("inf")):
            with pytest.raises(TypeError):
                lifted(*[wrong] * f.__code__.co_argcount)
        agree(f, lifted, *[2] * f.__code__.co_argcount)


def test_a_file_picks_for_all_indexes(tmp_path) -> None:
    lifted = jit(tied_to_the_output)
    lifted(0, 0)
    (tmp_path / "program.py").write_text(lifted.to_numpy_source(), encoding="utf-8")
    program = runpy.run_path(str(tmp_path / "program.py"))["value_and_grad"]
    for i, t in itertools.product(range(-2, N), range(N)):
        (expected,), gradients = numbers(tied_to_the_output, i, t)
        value, (by_parameters, _) = program(i, t)
        assert value == pytest.approx(expected, rel=1e-12)
        found = sorted(0.3 * x for x in by_parameters if x)
        assert found == pytest.approx(sorted(x for x in gradients if x), rel=1e-9)
    with pytest.raises(IndexError):
        program(N, 0)
    assert "return 2;" in lifted.to_c_source()


def test_derivatives_of_a_lifted_function_go_through_what_it_picks() -> None:
    def f(i, x):
        return engine.exp(P[i] * x) + TABLE[i][1] * x * x

    once, twice = engine.grad(f, 1), engine.grad(engine.grad(f, 1), 1)
    for lifted, order in ((engine.grad(jit(f), 1), 1), (jit(once), 1), (jit(twice), 2)):
        for i in range(-N, N):
            p, a = P[i].data, TABLE[i][1].data
            expected = p**order * np.exp(p * 0.3) + a * (0.6 if order == 1 else 2.0)
            assert float(lifted(i, 0.3)) == pytest.approx(expected, rel=1e-10)


class MicroGpt:
    """The model of Karpathy's microgpt, as it is written there, smaller."""

    n_embd, n_head, block, vocab = 8, 2, 6, 9

    def __init__(self) -> None:
        rng, n = random.Random(42), self.n_embd

        def matrix(rows, columns):
            return [[Value(rng.gauss(0, 0.3)) for _ in range(columns)] for _ in range(rows)]

        self.state = {"wte": matrix(self.vocab, n), "wpe": matrix(self.block, n), "lm": matrix(self.vocab, n)}
        self.state |= {name: matrix(n, n) for name in ("wq", "wk", "wv", "wo")}
        self.state |= {"fc1": matrix(4 * n, n), "fc2": matrix(n, 4 * n)}
        self.params = [p for rows in self.state.values() for row in rows for p in row]

    def gpt(self, token_id, pos_id, keys, values):
        state, head_dim = self.state, self.n_embd // self.n_head
        tok_emb = state["wte"][token_id]
        pos_emb = state["wpe"][pos_id]
        x = [t + p for t, p in zip(tok_emb, pos_emb, strict=True)]
        x = rmsnorm(x)
        x_residual = x
        x = rmsnorm(x)
        q = matmul(x, state["wq"])
        k = matmul(x, state["wk"])
        v = matmul(x, state["wv"])
        keys.append(k)
        values.append(v)
        x_attn = []
        for h in range(self.n_head):
            hs = h * head_dim
            q_h = q[hs : hs + head_dim]
            k_h = [ki[hs : hs + head_dim] for ki in keys]
            v_h = [vi[hs : hs + head_dim] for vi in values]
            scores = [
                sum(q_h[j] * k_h[t][j] for j in range(head_dim)) / head_dim**0.5 for t in range(len(k_h))
            ]
            weights = stable_softmax(scores)
            x_attn.extend([sum(weights[t] * v_h[t][j] for t in range(len(v_h))) for j in range(head_dim)])
        x = [a + b for a, b in zip(matmul(x_attn, state["wo"]), x_residual, strict=True)]
        x_residual = x
        x = [xi.relu() for xi in matmul(rmsnorm(x), state["fc1"])]
        x = [a + b for a, b in zip(matmul(x, state["fc2"]), x_residual, strict=True)]
        return matmul(x, state["lm"])

    def loss(self, tokens):
        n = min(self.block, len(tokens) - 1)
        keys, values, losses = [], [], []
        for pos_id in range(n):
            token_id, target_id = tokens[pos_id], tokens[pos_id + 1]
            probs = stable_softmax(self.gpt(token_id, pos_id, keys, values))
            losses.append(-probs[target_id].log())
        return (1 / n) * sum(losses)


def matmul(x, w):
    return [sum(wi * xi for wi, xi in zip(wo, x, strict=True)) for wo in w]


def rmsnorm(x):
    ms = sum(xi * xi for xi in x) / len(x)
    scale = (ms + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def stable_softmax(logits):
    max_val = max(val.data for val in logits)
    exps = [(val - max_val).exp() for val in logits]
    total = sum(exps)
    return [e / total for e in exps]


def test_microgpt_as_karpathy_writes_it_is_one_program_for_each_length() -> None:
    rng, models = random.Random(0), (MicroGpt(), MicroGpt())
    lifted = jit(models[0].loss)
    lengths, seen = (3, 5, 4), set()
    for step in range(24):
        tokens = [0, *(rng.randrange(1, MicroGpt.vocab) for _ in range(lengths[step % 3] - 2)), 0]
        seen.add(len(tokens))
        found = []
        for model, loss in zip(models, (lifted, models[1].loss), strict=True):
            value = loss(tokens)
            value.backward()
            found.append([value.data, *(p.grad for p in model.params)])
            for p in model.params:
                p.data -= 0.1 * p.grad
                p.grad = 0.0
        np.testing.assert_allclose(*found, rtol=1e-9, atol=1e-12)
    assert lifted.traces == len(seen) == 3
    assert lifted.graph.is_merged
    assert {guard.how for guard in lifted.graph.guards} == {"item"}
