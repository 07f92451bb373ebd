"""Chains found over arrays come to what their links come to, looked at one by one."""

import random

import numpy as np
import pytest

import engine
from engine import Value, jit
from engine.jit.lower import rewrite
from engine.jit.lower.canonical import IN_ORDER, runs_of
from engine.jit.lower.sums import chains
from tests.sampling import samples


def drawn(seed):
    """A function with chains of all kinds: of products, numbers and negatives, shared, nested, from zero."""
    draw = random.Random(seed)
    ws = [Value(draw.gauss(0.0, 1.0)) for _ in range(6)]

    def f(xs):
        pool = [*ws, *xs, 0.0, 2.0, -0.0]
        for _ in range(60):
            total = draw.choice([0, 0.0, 1.5, *pool, draw.choice(ws) * draw.choice(xs)])
            for _ in range(draw.randrange(1, 12)):
                a, b = draw.choice(pool), draw.choice(pool)
                term = draw.choice([a, a * b, a * a, 3.0 * b, a * 0.5, total, a * b * b])
                total = total - term if draw.random() < 0.3 else total + term
            pool.append(draw.choice([engine.tanh(total), total, total * 0.5, draw.choice(ws) + total]))
        draw.seed(seed)  # each time it runs it is the same function
        [draw.gauss(0.0, 1.0) for _ in range(6)]
        return [x for x in pool[-8:] if isinstance(x, Value)]

    return f


@pytest.mark.unmeasured
@pytest.mark.parametrize("batch", [False, True])
def test_the_canonical_form_is_the_same_without_chains(monkeypatch, batch) -> None:
    found, seeds = 0, samples(3, 10)
    for seed in range(seeds):
        f = drawn(seed)
        lifted = jit(f, batch=batch, audit=False)
        lifted([[0.5, -0.7, 1.2]] if batch else [0.5, -0.7, 1.2])
        trace = lifted.graph
        with_chains = rewrite.canonical_form(trace)
        found += int(rewrite._Form(trace).chains.inner.sum())
        with monkeypatch.context() as patch:
            patch.setattr(chains, "_FEWEST", 10**9)
            without = rewrite.canonical_form(trace)
        assert work_of(with_chains) == work_of(without)
    assert found > 15 * seeds


def work_of(program):
    """What a canonical program computes, whatever the order of its nodes: a key of each and of outputs."""
    found = []
    for node in program.nodes:
        terms = tuple((s, c, found[x], None if y < 0 else found[y]) for s, c, x, y in node.terms)
        operands = tuple(found[x] for x in node.operands)
        found.append(hash((node.kind, node.row, repr(node.number), terms, node.k, operands)))
    return sorted(found), [found[ref] for ref in program.outputs]


def test_terms_fall_into_runs_as_one_by_one() -> None:
    draw = random.Random(0)
    for _ in range(500):
        few = draw.randrange(1, 4)
        kinds = [
            (draw.choice([1.0, -1.0]), draw.choice([None, 2.0]), draw.choice([-1, 3])) for _ in range(few)
        ]
        length = draw.randrange(1, 2 * IN_ORDER)
        terms = [(s, c, i, b) for i in range(length) for s, c, b in [draw.choice(kinds)]]
        if draw.random() < 0.3:
            terms[1:] = [(*terms[-1][:2], i, terms[-1][3]) for i in range(1, length)]
        expected, place, last = {}, 0, None
        for term in terms:
            kind = term[3] >= 0, term[1] is not None, term[0]
            place += kind != last and length <= IN_ORDER
            last = kind
            expected.setdefault((place, kind), []).append(term)
        assert runs_of(terms) == [(kind, run) for (_, kind), run in expected.items()]


def test_a_long_chain_is_one_sum() -> None:
    xs = np.linspace(-1.0, 1.0, 2_000).tolist()
    w = [Value(x) for x in xs]
    f = jit(lambda values: sum(a * x for a, x in zip(w, values, strict=True)))
    assert f(xs).data == pytest.approx(sum(x * x for x in xs), rel=1e-12)
    assert rewrite.canonical_form(f.graph).nodes[-1].terms[0][0] == 1.0
    assert len(rewrite.canonical_form(f.graph).nodes) == 4_001
