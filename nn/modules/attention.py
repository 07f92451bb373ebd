"""Attention: each query takes a weighted mean of values, by how well it goes with their keys."""

from __future__ import annotations

import math
from typing import Any

from engine import Value, dot, mean, softmax
from engine.floats.validate import integer, real
from nn.checks import flag, up_to_one
from nn.modules.dropout import Dropout
from nn.modules.inputs import Inputs, elementwise
from nn.modules.layers.axes import columns_of, flattened, listed, shape_of
from nn.modules.layers.linear import Linear, products, starting_values
from nn.modules.module import Module
from nn.rng import Rng, random_source

__all__ = ["MultiheadAttention", "scaled_dot_product_attention"]


def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
) -> Any:
    """softmax(q·k / √E)·v: for each query the mean of the values, weighted by its products with the keys.

    Vaswani et al. 2017, "Attention is all you need". What a mask leaves out takes no part in the softmax, so
    that a lifted function does not compute it.

    Args:
        query: L vectors of length E, nested lists; further axes may come before, alike in all three.
        key: S vectors of length E.
        value: S vectors.
        attn_mask: L rows of S: True or False, whether a query looks at a key; or numbers, which are added to
            the products. None for all. With further axes, those of the input or none.
        dropout_p: the probability with which a weight is set to 0, by Python's ``random`` module.
        is_causal: whether a query looks only at keys up to its own position.
        scale: the factor on the products; None is 1/√E.

    Raises:
        ValueError: shapes do not go together, or there are both a mask and ``is_causal``.

    >>> x = [[1.0, 0.0], [0.0, 2.0]]
    >>> [[round(y, 4) for y in row] for row in scaled_dot_product_attention(x, x, x, is_causal=True)]
    [[1.0, 0.0], [0.0558, 1.8884]]
    """
    q, k, v = (listed(name, x) for name, x in (("query", query), ("key", key), ("value", value)))
    mask = _mask_of("attn_mask", attn_mask)
    shapes = [shape_of(name, x) for name, x in (("query", q), ("key", k), ("value", v))]
    lengths, axes = (shapes[0][-2:-1], shapes[1][-2:-1]), {len(shape) for shape in shapes}
    before = {shape[:-2] for shape in shapes}
    if len(axes) != 1 or len(before) != 1 or len(shapes[0]) < 2 or shapes[0][-1] != shapes[1][-1]:
        raise ValueError(
            f"query, key and value must be of shapes (…, L, E), (…, S, E), (…, S, V), got {shapes}"
        )
    if shapes[1][-2] != shapes[2][-2]:
        raise ValueError(f"there must be a value for each key, got shapes {shapes[1]} and {shapes[2]}")
    if is_causal and mask is not None:
        raise ValueError("give attn_mask or is_causal, not both")
    wanted = (*lengths[0], *lengths[1])
    if mask is not None and shape_of("attn_mask", mask) not in (wanted, (*shapes[0][:-2], *wanted)):
        raise ValueError(f"attn_mask must be of shape {wanted}, got {shape_of('attn_mask', mask)}")
    if is_causal:
        mask = [[j <= i for j in range(wanted[1])] for i in range(wanted[0])]
    factor = 1.0 / math.sqrt(shapes[0][-1]) if scale is None else real("scale", scale)
    return _in_parts(q, k, v, mask, len(shapes[0]) - 2, factor, Dropout(dropout_p))[0]


def _in_parts(
    q: Any, k: Any, v: Any, mask: Any, axes: int, factor: float, dropout: Dropout
) -> tuple[Any, Any]:
    """The outputs and the weights, through the axes that come before those of the matrices."""
    if axes:
        own = mask is not None and len(shape_of("attn_mask", mask)) > 2
        masks = mask if own else [mask] * len(q)
        parts = [_in_parts(*each, axes - 1, factor, dropout) for each in zip(q, k, v, masks, strict=True)]
        return [outputs for outputs, _ in parts], [weights for _, weights in parts]
    products = [[factor * dot(row, each) for each in k] for row in q]
    if mask is None:
        weights = [softmax(row) for row in products]
    else:
        weights = [_masked_softmax(row, _added(each)) for row, each in zip(products, mask, strict=True)]
    weights = dropout(weights)
    columns = columns_of(v)
    return [[dot(row, column) for column in columns] for row in weights], weights


def _mask_of(name: str, mask: Any) -> Any:
    """A mask as nested lists; integers, which may mean either, are refused."""
    if mask is None:
        return None
    found = listed(name, mask)
    if all(isinstance(each, int) and not isinstance(each, bool) for each in flattened(found)):
        raise TypeError(f"{name} must be of True and False, or of numbers that are added, got integers")
    return found


def _added(mask: list[Any]) -> list[Any]:
    """What a row of a mask adds to the products: -inf to those that are left out."""
    return [(0.0 if each else -math.inf) if isinstance(each, bool) else each for each in mask]


def _masked_softmax(products: list[Any], added: list[Any]) -> list[Any]:
    """The softmax of the sums that are not -inf; 0 for the others, and for all where there is none."""
    takes = [isinstance(each, Value) or each != -math.inf for each in added]
    sums = [
        number + each if isinstance(each, Value) or each else number
        for number, each, taken in zip(products, added, takes, strict=True)
        if taken
    ]
    found = iter(softmax(sums) if sums else [])
    return [next(found) if taken else 0.0 for taken in takes]


class MultiheadAttention(Module):
    """Attention in several heads, each with projections of its own, put together by one more projection.

    Vaswani et al. 2017, "Attention is all you need", section 3.2.2. Called with queries, keys and values,
    lists of vectors, or lists of such lists for a batch; it returns the outputs and the weights.

    Args:
        embed_dim: the length of queries and outputs.
        num_heads: into how many parts they are divided.
        dropout: the probability with which a weight is set to 0 while training.
        bias: whether the projections have biases.
        batch_first: whether the first axis of a batch is that of samples; else, as in PyTorch, it is the
            second, behind that of positions.
        rng: a seed, a generator, or None for Python's ``random`` module.

    Attributes:
        in_proj_weight: 3·embed_dim rows for queries, keys and values, one below the other.
        in_proj_bias: as many Values; None without.
        out_proj: the :class:`nn.Linear` behind the heads.

    Raises:
        ValueError, TypeError: a setting is out of range or of a wrong type.

    >>> attention = MultiheadAttention(4, 2, rng=0)
    >>> x = [[1.0, 0.0, 0.5, 2.0], [0.0, 1.0, 1.0, -1.0], [0.3, 0.3, 0.0, 0.0]]
    >>> y, weights = attention(x, x, x)
    >>> len(y), len(y[0]), [round(sum(row).data, 12) for row in weights]
    (3, 4, [1.0, 1.0, 1.0])
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        *,
        batch_first: bool = False,
        rng: Rng = None,
    ) -> None:
        self.embed_dim, self.num_heads = integer("embed_dim", embed_dim), integer("num_heads", num_heads)
        if self.embed_dim % self.num_heads:
            raise ValueError(f"num_heads must divide embed_dim, {embed_dim}, got {num_heads}")
        source, size = random_source(rng), self.embed_dim
        self.batch_first = flag("batch_first", batch_first)
        self.in_proj_weight = starting_values("xavier_uniform", source, 3 * size, size, 1.0)
        self.in_proj_bias = [Value(0.0) for _ in range(3 * size)] if flag("bias", bias) else None
        self.out_proj = Linear(size, size, bias, rng=source)
        for value in self.out_proj.bias or ():
            value.data = 0.0
        self.dropout = Dropout(up_to_one("dropout", dropout))
        self.label_parameters()

    def __call__(
        self,
        query: Any,
        key: Any,
        value: Any,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Any, Any]:
        """The outputs, and the weights of the keys, of the mean of all heads or of each.

        Args:
            query: L vectors of length embed_dim; of a batch as ``batch_first`` says.
            key, value: S vectors each.
            key_padding_mask: S times True or False, or for each sample: True leaves a key out.
            need_weights: whether the weights are returned; else None stands for them.
            attn_mask: L rows of S: True leaves a key out for a query, unlike that of
                :func:`scaled_dot_product_attention`, as in PyTorch; or numbers, which are added.
            average_attn_weights: whether weights are the mean over heads, else a list for each head.
            is_causal: whether a query looks only at keys up to its own position.

        Raises:
            ValueError: a shape does not go with the others.
        """
        q, k, v = (listed(name, x) for name, x in (("query", query), ("key", key), ("value", value)))
        shapes = [shape_of("input", x) for x in (q, k, v)]
        if len({len(shape) for shape in shapes}) != 1 or len(shapes[0]) not in (2, 3):
            raise ValueError(
                f"{self!r} takes lists of vectors, or batches of such lists, got shapes {shapes}"
            )
        if any(shape[-1] != self.embed_dim for shape in shapes):
            raise ValueError(f"{self!r} takes vectors of length {self.embed_dim}, got shapes {shapes}")
        single, padding = len(shapes[0]) == 2, listed("key_padding_mask", key_padding_mask)
        if padding is not None and not all(isinstance(each, bool) for each in flattened(padding)):
            raise TypeError("key_padding_mask must be of True and False; True leaves a key out")
        mask = _mask_of("attn_mask", attn_mask)
        if single:
            q, k, v, padding = [q], [k], [v], [padding]
        else:
            q, k, v = (x if self.batch_first else columns_of(x) for x in (q, k, v))
            padding = [None] * len(q) if padding is None else padding
        if not len(q) == len(k) == len(v) == len(padding) or list(map(len, k)) != list(map(len, v)):
            raise ValueError(f"query, key, value and mask must be of as many samples and keys, got {shapes}")
        found = [
            self._of_sample(qs, ks, vs, self._mask(mask, is_causal, len(qs), len(ks), each))
            for qs, ks, vs, each in zip(q, k, v, padding, strict=True)
        ]
        outputs: Any = [output for output, _ in found]
        heads = [weights for _, weights in found]
        if not single and not self.batch_first:
            outputs = columns_of(outputs)
        weights = [_mean(each) for each in heads] if average_attn_weights else heads
        return (outputs[0] if single else outputs), (
            weights[0] if single else weights
        ) if need_weights else None

    def _mask(self, mask: Any, is_causal: bool, queries: int, keys: int, padding: Any) -> Any:
        """What is added to the products of queries and keys; None for nothing."""
        if mask is None and padding is None and not is_causal:
            return None
        rows = [[0.0] * keys for _ in range(queries)] if mask is None else mask
        shapes = shape_of("attn_mask", rows), (keys,) if padding is None else shape_of("padding", padding)
        if shapes != ((queries, keys), (keys,)):
            raise ValueError(f"masks of {self!r} must be of {queries} queries and {keys} keys")
        padded = [False] * keys if padding is None else padding
        left = [[out or (is_causal and j > i) for j, out in enumerate(padded)] for i in range(queries)]
        rows = [_added([not each if isinstance(each, bool) else each for each in row]) for row in rows]
        return [
            [-math.inf if out else each for each, out in zip(row, outs, strict=True)]
            for row, outs in zip(rows, left, strict=True)
        ]

    def _of_sample(self, q: Any, k: Any, v: Any, mask: Any) -> tuple[Any, Any]:
        """The outputs of one sample, and for each head its weights."""
        size, width = self.embed_dim, self.embed_dim // self.num_heads
        parts = []
        for i, vectors in enumerate((q, k, v)):
            rows = self.in_proj_weight[i * size : (i + 1) * size]
            biases = None if self.in_proj_bias is None else self.in_proj_bias[i * size : (i + 1) * size]
            parts.append([products(rows, Inputs.of(x), biases) for x in vectors])
        heads = []
        for j in range(0, size, width):
            qs, ks, vs = ([x[j : j + width] for x in part] for part in parts)
            heads.append(_in_parts(qs, ks, vs, mask, 0, width**-0.5, self.dropout))
        joined = [
            [y for head in at for y in head] for at in zip(*(outputs for outputs, _ in heads), strict=True)
        ]
        return self.out_proj(joined), elementwise(_as_value, [weights for _, weights in heads])

    def __repr__(self) -> str:
        return f"MultiheadAttention({self.embed_dim}, {self.num_heads})"


def _as_value(weight: Any) -> Value:
    """A weight; one that a mask left out is a number until here, so that it costs nothing."""
    return weight if isinstance(weight, Value) else Value(weight)


def _mean(heads: list[list[list[Any]]]) -> list[list[Any]]:
    """The mean over heads of each weight."""
    pairs = (zip(*rows, strict=True) for rows in zip(*heads, strict=True))
    return [[mean(list(weights)) for weights in row] for row in pairs]
