"""Figures of PyTorch's modules, in float64: outputs and gradients of the same calls.

A case makes a module of a package, ``torch.nn`` or ``nn``, and calls it; the parameters are made up, in the
order of ``parameters()``. To make torch_modules.json again: ``pip install torch==2.13.0``, then
``python -m tests.nn.figures.from_torch_modules``.
"""

import importlib
import math
from collections.abc import Callable
from typing import Any

from tests.nn.figures import write

Case = tuple[Callable[[Any], Any], Any]
"""A function that makes the module of a package, and its input, nested lists."""


def numbers(count: int, phase: float = 0.0) -> list[float]:
    """Made-up numbers between -1 and 1."""
    return [math.sin(1.7 * i + phase) * math.cos(0.3 * i * i) for i in range(1, count + 1)]


def table(*shape: int, phase: float = 0.0) -> Any:
    """Made-up numbers as nested lists of a shape."""
    items: list[Any] = [3.0 * number for number in numbers(math.prod(shape), phase)]
    for length in reversed(shape[1:]):
        items = [items[i : i + length] for i in range(0, len(items), length)]
    return items


POINTS = [-7.5, -3.25, -1.5, -0.3, 0.4, 0.75, 2.0, 5.5, 30.0]

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "ReLU": lambda nn: nn.ReLU(inplace=True),
    "LeakyReLU": lambda nn: nn.LeakyReLU(),
    "LeakyReLU, 0.2": lambda nn: nn.LeakyReLU(0.2),
    "LeakyReLU by name": lambda nn: nn.LeakyReLU(negative_slope=0.3),
    "ELU": lambda nn: nn.ELU(),
    "ELU, 0.5": lambda nn: nn.ELU(alpha=0.5),
    "SELU": lambda nn: nn.SELU(),
    "CELU": lambda nn: nn.CELU(0.7),
    "SiLU": lambda nn: nn.SiLU(),
    "Mish": lambda nn: nn.Mish(),
    "GELU": lambda nn: nn.GELU(),
    "GELU, tanh": lambda nn: nn.GELU(approximate="tanh"),
    "Softplus": lambda nn: nn.Softplus(threshold=40.0),
    "Softplus, 2": lambda nn: nn.Softplus(2, 400.0),
    "Sigmoid": lambda nn: nn.Sigmoid(),
    "LogSigmoid": lambda nn: nn.LogSigmoid(),
    "Tanh": lambda nn: nn.Tanh(),
    "Softsign": lambda nn: nn.Softsign(),
    "Tanhshrink": lambda nn: nn.Tanhshrink(),
    "Softshrink": lambda nn: nn.Softshrink(),
    "Hardshrink": lambda nn: nn.Hardshrink(0.6),
    "Hardtanh": lambda nn: nn.Hardtanh(-2.0, 1.0),
    "Hardsigmoid": lambda nn: nn.Hardsigmoid(),
    "Hardswish": lambda nn: nn.Hardswish(),
    "ReLU6": lambda nn: nn.ReLU6(),
    "PReLU": lambda nn: nn.PReLU(),
    "Identity": lambda nn: nn.Identity(3, a=4),
    "Softmax": lambda nn: nn.Softmax(dim=-1),
    "LogSoftmax": lambda nn: nn.LogSoftmax(dim=0),
    "Softmin": lambda nn: nn.Softmin(dim=0),
    "Threshold": lambda nn: nn.Threshold(0.5, -2.0),
}


def attending(nn: Any, size: int, heads: int, causal: int = 0, padding: Any = None, **settings: Any) -> Any:
    """A module of a package that attends to its own input, with masks that are tensors in PyTorch."""
    whole = importlib.import_module("torch") if nn.__name__ == "torch.nn" else None
    given: dict[str, Any] = {"average_attn_weights": padding is None}
    if causal:
        given["attn_mask"] = [[j > i for j in range(causal)] for i in range(causal)]
    if padding:
        given["key_padding_mask"] = [each == 1 for each in padding]
    if whole is not None:
        given = {key: whole.tensor(each) if isinstance(each, list) else each for key, each in given.items()}

    class Attending(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(size, heads, **settings)

        def forward(self, x: Any) -> Any:
            return self.attention(x, x, x, **given)

    return Attending()


MODULES: dict[str, Case] = {
    **{name: (make, POINTS) for name, make in ACTIVATIONS.items()},
    "GLU": (lambda nn: nn.GLU(), table(2, 4)),
    "GLU, dim 0": (lambda nn: nn.GLU(0), table(4, 2, 3)),
    "Softmax, dim 0": (lambda nn: nn.Softmax(dim=0), table(3, 2)),
    "Softmax, dim 1 of 3": (lambda nn: nn.Softmax(1), table(2, 3, 2)),
    "Linear": (lambda nn: nn.Linear(3, 2), table(3)),
    "Linear without bias, of a batch": (lambda nn: nn.Linear(3, 2, bias=False), table(4, 3)),
    "Linear of one output, nested": (lambda nn: nn.Linear(2, 1), table(2, 3, 2)),
    "Flatten": (lambda nn: nn.Flatten(0), table(2, 3)),
    "Sequential": (
        lambda nn: nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 3), nn.LogSoftmax(dim=-1)),
        table(5, 2),
    ),
    "LayerNorm": (lambda nn: nn.LayerNorm(4), table(3, 4)),
    "LayerNorm of two axes": (lambda nn: nn.LayerNorm([2, 3], eps=0.1), table(2, 2, 3)),
    "LayerNorm without bias": (lambda nn: nn.LayerNorm(5, bias=False), table(5)),
    "LayerNorm, plain": (lambda nn: nn.LayerNorm(5, elementwise_affine=False), table(5)),
    "RMSNorm": (lambda nn: nn.RMSNorm(4), table(3, 4)),
    "RMSNorm of two axes": (lambda nn: nn.RMSNorm((2, 3), eps=0.2, elementwise_affine=True), table(2, 3)),
    "GroupNorm": (lambda nn: nn.GroupNorm(2, 4), table(3, 4, 2)),
    "GroupNorm of features": (lambda nn: nn.GroupNorm(2, 6, eps=0.1), table(2, 6)),
    "GroupNorm of images, one group": (lambda nn: nn.GroupNorm(1, 2), table(2, 2, 2, 3)),
    "GroupNorm, plain": (lambda nn: nn.GroupNorm(4, 4, affine=False), table(2, 4, 3)),
    "InstanceNorm1d": (lambda nn: nn.InstanceNorm1d(3), table(2, 3, 4)),
    "InstanceNorm1d of one sample": (lambda nn: nn.InstanceNorm1d(3, 0.1, affine=True), table(3, 3)),
    "InstanceNorm2d": (lambda nn: nn.InstanceNorm2d(2, affine=True), table(2, 2, 2, 3)),
    "BatchNorm1d": (lambda nn: nn.BatchNorm1d(3, track_running_stats=False), table(4, 3)),
    "BatchNorm1d, length": (lambda nn: nn.BatchNorm1d(3, track_running_stats=False), table(2, 3, 4)),
    "BatchNorm1d, evaluated": (lambda nn: nn.BatchNorm1d(3, eps=0.1).eval(), table(4, 3)),
    "BatchNorm2d": (lambda nn: nn.BatchNorm2d(2, affine=False, track_running_stats=False), table(2, 2, 2, 3)),
    "RNNCell": (lambda nn: nn.RNNCell(3, 2), table(3)),
    "RNNCell, relu, batch": (lambda nn: nn.RNNCell(3, 2, bias=False, nonlinearity="relu"), table(4, 3)),
    "LSTMCell": (lambda nn: nn.LSTMCell(3, 2), table(3)),
    "GRUCell, batch": (lambda nn: nn.GRUCell(3, 2), table(2, 3)),
    "RNN": (lambda nn: nn.RNN(2, 3), table(4, 2)),
    "RNN, relu, two layers": (lambda nn: nn.RNN(2, 3, 2, "relu", bias=False), table(4, 2)),
    "LSTM": (lambda nn: nn.LSTM(2, 3), table(4, 2)),
    "LSTM, batch": (lambda nn: nn.LSTM(2, 2, 2, batch_first=True), table(2, 3, 2)),
    "LSTM, both directions": (lambda nn: nn.LSTM(2, 2, num_layers=2, bidirectional=True), table(3, 2)),
    "GRU": (lambda nn: nn.GRU(2, 3), table(4, 2)),
    "GRU, both directions, batch": (lambda nn: nn.GRU(2, 2, bidirectional=True), table(3, 2, 2)),
    "Conv1d": (lambda nn: nn.Conv1d(2, 3, 3), table(2, 6)),
    "Conv1d, all settings": (
        lambda nn: nn.Conv1d(4, 2, 3, stride=2, padding=2, dilation=2, groups=2, bias=False),
        table(2, 4, 7),
    ),
    "Conv1d, same": (lambda nn: nn.Conv1d(1, 2, 4, padding="same", dilation=3), table(1, 9)),
    "Conv2d": (lambda nn: nn.Conv2d(2, 2, 2), table(2, 3, 4)),
    "Conv2d, all settings": (
        lambda nn: nn.Conv2d(2, 4, (2, 3), stride=(1, 2), padding=(1, 0), dilation=(2, 1), groups=2),
        table(2, 2, 4, 5),
    ),
    "MaxPool1d": (lambda nn: nn.MaxPool1d(3, stride=2, padding=1), table(2, 7)),
    "MaxPool2d": (lambda nn: nn.MaxPool2d((2, 3)), table(2, 2, 4, 7)),
    "AvgPool1d": (lambda nn: nn.AvgPool1d(3, 2, padding=1), table(2, 7)),
    "AvgPool2d": (lambda nn: nn.AvgPool2d(2, padding=1, count_include_pad=False), table(1, 3, 4)),
    "AdaptiveAvgPool1d": (lambda nn: nn.AdaptiveAvgPool1d(3), table(2, 7)),
    "AdaptiveAvgPool2d": (lambda nn: nn.AdaptiveAvgPool2d((2, None)), table(2, 1, 5, 3)),
    "AdaptiveMaxPool1d": (lambda nn: nn.AdaptiveMaxPool1d(4), table(2, 2, 6)),
    "AdaptiveMaxPool2d": (lambda nn: nn.AdaptiveMaxPool2d(2), table(2, 3, 5)),
    "Unflatten": (lambda nn: nn.Unflatten(1, (2, -1)), table(2, 6)),
    "MultiheadAttention": (lambda nn: attending(nn, 4, 2), table(3, 4)),
    "MultiheadAttention, batch": (lambda nn: attending(nn, 4, 1, bias=False), table(3, 2, 4)),
    "MultiheadAttention, batch first, causal": (
        lambda nn: attending(nn, 6, 3, causal=4, batch_first=True),
        table(2, 4, 6),
    ),
    "MultiheadAttention, padded, all heads": (lambda nn: attending(nn, 4, 2, padding=[0, 1, 0]), table(3, 4)),
    "slice of Sequential": (
        lambda nn: nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 3)).append(nn.Sigmoid())[2:],
        table(4),
    ),
}

LOGITS = [0.3, -2.0, 5.5, -30.0, 0.0]
BITS = [0.0, 1.0, 1.0, 0.0, 0.25]
CLASS_LOGITS = [[1.2, 0.9, 0.4], [-3.0, 7.0, 2.0], [0.1, 0.1, 0.1], [2.0, -1.0, 0.5]]
LOG_PROBABILITIES = [[-1.2, -0.9, -0.4], [-3.0, -7.0, -2.0], [-0.1, -0.1, -0.1], [-2.0, -1.0, -0.5]]
CLASSES = [0, 2, 1, 1]
SHARES = [[0.2, 0.5, 0.3], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.25, 0.25, 0.5]]
WEIGHTS = [0.5, 2.0, 1.25]

SIGNS = [1.0, -1.0, -1.0, 1.0, -1.0]
COUNTS = [0.0, 1.0, 4.0, 0.0, 12.0]

LOSSES: dict[str, tuple[Callable[[Any, Any], Any], Any, Any]] = {
    f"{name}, {way}": (lambda nn, tensor, make=make, way=way: make(nn, tensor, way), x, t)
    for name, make, x, t in (
        ("MSELoss", lambda nn, tensor, r: nn.MSELoss(reduction=r), LOGITS, BITS),
        ("L1Loss", lambda nn, tensor, r: nn.L1Loss(reduction=r), LOGITS, BITS),
        ("HuberLoss", lambda nn, tensor, r: nn.HuberLoss(reduction=r, delta=0.8), LOGITS, BITS),
        ("SmoothL1Loss", lambda nn, tensor, r: nn.SmoothL1Loss(reduction=r, beta=2.5), LOGITS, BITS),
        ("BCELoss", lambda nn, tensor, r: nn.BCELoss(reduction=r), [0.3, 0.01, 0.99, 0.5, 0.2], BITS),
        ("BCEWithLogitsLoss", lambda nn, tensor, r: nn.BCEWithLogitsLoss(reduction=r), LOGITS, BITS),
        (
            "BCEWithLogitsLoss, pos_weight",
            lambda nn, tensor, r: nn.BCEWithLogitsLoss(reduction=r, pos_weight=tensor(3.0)),
            LOGITS,
            BITS,
        ),
        (
            "BCEWithLogitsLoss, both weights",
            lambda nn, tensor, r: nn.BCEWithLogitsLoss(
                weight=tensor([1.0, 0.5, 0.0]), pos_weight=tensor([2.0, 1.0, 0.25]), reduction=r
            ),
            CLASS_LOGITS,
            [BITS[:3], BITS[1:4], BITS[2:], BITS[:3]],
        ),
        (
            "BCELoss, weighted",
            lambda nn, tensor, r: nn.BCELoss(weight=tensor([[1.0], [2.5]]), reduction=r),
            [[0.3, 0.01, 0.99], [0.5, 0.2, 0.9]],
            [BITS[:3], BITS[2:]],
        ),
        ("SoftMarginLoss", lambda nn, tensor, r: nn.SoftMarginLoss(reduction=r), LOGITS, SIGNS),
        (
            "HingeEmbeddingLoss",
            lambda nn, tensor, r: nn.HingeEmbeddingLoss(margin=1.5, reduction=r),
            LOGITS,
            SIGNS,
        ),
        ("PoissonNLLLoss", lambda nn, tensor, r: nn.PoissonNLLLoss(reduction=r), LOGITS, COUNTS),
        (
            "PoissonNLLLoss of means",
            lambda nn, tensor, r: nn.PoissonNLLLoss(log_input=False, full=True, eps=1e-3, reduction=r),
            [0.3, 2.0, 5.5, 0.5, 0.01],
            COUNTS,
        ),
        ("KLDivLoss", lambda nn, tensor, r: nn.KLDivLoss(reduction=r), LOG_PROBABILITIES, SHARES),
        (
            "KLDivLoss, log_target",
            lambda nn, tensor, r: nn.KLDivLoss(log_target=True, reduction=r),
            LOG_PROBABILITIES,
            LOG_PROBABILITIES[::-1],
        ),
        ("CrossEntropyLoss", lambda nn, tensor, r: nn.CrossEntropyLoss(reduction=r), CLASS_LOGITS, CLASSES),
        ("one sample", lambda nn, tensor, r: nn.CrossEntropyLoss(reduction=r), CLASS_LOGITS[0], 2),
        ("shares", lambda nn, tensor, r: nn.CrossEntropyLoss(reduction=r), CLASS_LOGITS, SHARES),
        (
            "weighted",
            lambda nn, tensor, r: nn.CrossEntropyLoss(weight=tensor(WEIGHTS), reduction=r),
            CLASS_LOGITS,
            CLASSES,
        ),
        (
            "weighted, ignored, smoothed",
            lambda nn, tensor, r: nn.CrossEntropyLoss(
                weight=tensor(WEIGHTS), label_smoothing=0.1, ignore_index=2, reduction=r
            ),
            CLASS_LOGITS,
            CLASSES,
        ),
        (
            "smoothed",
            lambda nn, tensor, r: nn.CrossEntropyLoss(label_smoothing=0.2, reduction=r),
            CLASS_LOGITS,
            [0, -100, 1, 1],
        ),
        (
            "smoothed shares, weighted",
            lambda nn, tensor, r: nn.CrossEntropyLoss(
                weight=tensor(WEIGHTS), label_smoothing=0.2, reduction=r
            ),
            CLASS_LOGITS,
            SHARES,
        ),
        ("NLLLoss", lambda nn, tensor, r: nn.NLLLoss(reduction=r), LOG_PROBABILITIES, CLASSES),
        (
            "NLLLoss, weighted",
            lambda nn, tensor, r: nn.NLLLoss(tensor(WEIGHTS), ignore_index=0, reduction=r),
            LOG_PROBABILITIES,
            CLASSES,
        ),
    )
    for way in ("mean", "sum", "none")
}
LOSSES["KLDivLoss, batchmean"] = (
    lambda nn, tensor: nn.KLDivLoss(reduction="batchmean"),
    LOG_PROBABILITIES,
    SHARES,
)
"""Losses of a package with its tensors, their predictions and targets."""


PAIRS = table(4, 3), table(4, 3, phase=0.4)
SOME_SIGNS = [1.0, -1.0, -1.0, 1.0]

OF_THREE: dict[str, tuple[Callable[[Any], Any], tuple[Any, Any, Any]]] = {
    f"{name}, {way}": (lambda nn, make=make, way=way: make(nn, way), inputs)
    for name, make, inputs in (
        (
            "MarginRankingLoss",
            lambda nn, r: nn.MarginRankingLoss(0.3, reduction=r),
            (CLASS_LOGITS[0] + [0.1], CLASS_LOGITS[1] + [0.2], SOME_SIGNS),
        ),
        (
            "CosineEmbeddingLoss",
            lambda nn, r: nn.CosineEmbeddingLoss(-0.2, reduction=r),
            (*PAIRS, SOME_SIGNS),
        ),
        ("one pair", lambda nn, r: nn.CosineEmbeddingLoss(reduction=r), (PAIRS[0][0], PAIRS[1][2], 1.0)),
        (
            "TripletMarginLoss",
            lambda nn, r: nn.TripletMarginLoss(2.0, reduction=r),
            (*PAIRS, PAIRS[0][::-1]),
        ),
        (
            "TripletMarginLoss, swap",
            lambda nn, r: nn.TripletMarginLoss(margin=9.0, p=1.0, swap=True, reduction=r),
            (*PAIRS, PAIRS[0][::-1]),
        ),
        (
            "TripletMarginLoss, p 3",
            lambda nn, r: nn.TripletMarginLoss(4.0, 3.0, eps=0.01, reduction=r),
            (*PAIRS, PAIRS[0][::-1]),
        ),
        (
            "TripletMarginLoss, p inf",
            lambda nn, r: nn.TripletMarginLoss(p=math.inf, reduction=r),
            (*PAIRS, PAIRS[0][::-1]),
        ),
        (
            "GaussianNLLLoss",
            lambda nn, r: nn.GaussianNLLLoss(reduction=r),
            (LOGITS, BITS, [0.5, 1.0, 3.0, 1e-9, 0.1]),
        ),
        (
            "GaussianNLLLoss, full",
            lambda nn, r: nn.GaussianNLLLoss(full=True, eps=0.2, reduction=r),
            (PAIRS[0], PAIRS[1], [[0.5, 0.1, 2.0]] * 4),
        ),
    )
    for way in ("mean", "sum", "none")
}
"""Losses of a package, and the three inputs that they are called with."""


OTHERS = table(2, 3, phase=1.0)

FUNCTIONS: dict[str, tuple[Callable[[Any, Any, Any], Any], Any]] = {
    "pad": (lambda F, tensor, x: F.pad(x, (1, 2)), table(2, 3)),
    "pad, value": (lambda F, tensor, x: F.pad(x, (0, 1, 2, 0), value=-1.5), table(2, 3)),
    "pad, crop": (lambda F, tensor, x: F.pad(x, (-1, 2, 1, -2)), table(3, 3)),
    "pad, reflect": (lambda F, tensor, x: F.pad(x, (2, 1), mode="reflect"), table(2, 3)),
    "pad, reflect, two axes": (lambda F, tensor, x: F.pad(x, (1, 2, 1, 1), "reflect"), table(1, 2, 3)),
    "pad, replicate": (lambda F, tensor, x: F.pad(x, (2, 4), mode="replicate"), table(2, 3)),
    "pad, circular": (lambda F, tensor, x: F.pad(x, (3, 1), mode="circular"), table(1, 2, 3)),
    "normalize": (lambda F, tensor, x: F.normalize(x, dim=-1), table(2, 3)),
    "normalize, p 1, dim 0": (lambda F, tensor, x: F.normalize(x, 1.0, 0), table(2, 3)),
    "normalize, dim 1": (lambda F, tensor, x: F.normalize(x, p=3.0, dim=1), table(2, 3, 2)),
    "cosine_similarity": (lambda F, tensor, x: F.cosine_similarity(x, tensor(OTHERS), -1), table(2, 3)),
    "cosine_similarity, dim 0": (
        lambda F, tensor, x: F.cosine_similarity(x, tensor(OTHERS), dim=0, eps=1e-3),
        table(2, 3),
    ),
    "pairwise_distance": (lambda F, tensor, x: F.pairwise_distance(x, tensor(OTHERS)), table(2, 3)),
    "pairwise_distance, p inf": (
        lambda F, tensor, x: F.pairwise_distance(x, tensor(OTHERS), p=math.inf),
        table(2, 3),
    ),
    "normalize, p inf, one number": (lambda F, tensor, x: F.normalize(x, math.inf, -1), table(3, 1)),
    "layer_norm": (
        lambda F, tensor, x: F.layer_norm(x, (3,), tensor([0.5, 2.0, -1.0]), tensor([1.0, 0.0, 3.0])),
        table(2, 3),
    ),
    "rms_norm": (lambda F, tensor, x: F.rms_norm(x, (3,), tensor([0.5, 2.0, -1.0]), 0.1), table(2, 3)),
    "group_norm": (lambda F, tensor, x: F.group_norm(x, 2, tensor([0.5, 2.0, -1.0, 1.0])), table(4, 4)),
    "conv1d": (
        lambda F, tensor, x: F.conv1d(x, tensor(table(3, 1, 2)), tensor([1.0, 0.0, -1.0]), padding=1),
        table(1, 4),
    ),
    "conv2d": (
        lambda F, tensor, x: F.conv2d(x, tensor(table(4, 1, 2, 2)), None, stride=(1, 2), groups=2),
        table(2, 2, 3, 4),
    ),
    "prelu": (lambda F, tensor, x: F.prelu(x, tensor([0.3])), table(2, 3)),
    "threshold": (lambda F, tensor, x: F.threshold(x, 0.2, -7.0), table(2, 3)),
    "embedding": (lambda F, tensor, x: F.embedding(tensor([[2, 0], [1, 2]]), x), table(3, 2)),
    "adaptive_avg_pool1d": (lambda F, tensor, x: F.adaptive_avg_pool1d(x, 2), table(2, 5)),
    "scaled_dot_product_attention": (
        lambda F, tensor, x: F.scaled_dot_product_attention(x, x, x),
        table(2, 3, 4),
    ),
    "scaled_dot_product_attention, causal": (
        lambda F, tensor, x: F.scaled_dot_product_attention(x, x, x, is_causal=True, scale=0.3),
        table(1, 2, 3, 4),
    ),
    "scaled_dot_product_attention, mask": (
        lambda F, tensor, x: F.scaled_dot_product_attention(
            x, x, x, attn_mask=tensor([[True, False, True], [False, True, False], [True, True, True]])
        ),
        table(1, 3, 4),
    ),
    "scaled_dot_product_attention, added": (
        lambda F, tensor, x: F.scaled_dot_product_attention(
            x, x, x, tensor([[0.0, -math.inf, 1.0], [-0.5, 2.0, 0.0], [0.0, 0.0, 0.0]])
        ),
        table(1, 3, 4),
    ),
}
"""Calls of functions of a package, with its tensors, and the input by which they are differentiated."""


def flat(nested: Any) -> list[Any]:
    """The numbers of nested lists and tuples, in order."""
    if isinstance(nested, (list, tuple)):
        return [number for each in nested for number in flat(each)]
    return [nested]


def module_figures(torch: Any) -> dict[str, Any]:
    """For each of MODULES its outputs, and the gradients of a made-up sum of them."""
    figures = {}
    for name, (make, x) in MODULES.items():
        module = make(torch.nn)
        for i, parameter in enumerate(module.parameters()):
            made_up = torch.tensor(numbers(parameter.numel(), float(i)), dtype=torch.float64)
            parameter.data = made_up.reshape(parameter.shape)
        given = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        outputs = [part.reshape(-1) for part in flat(module(given * 1.0))]
        outputs = torch.cat(outputs)
        (outputs * torch.tensor(numbers(len(outputs), 0.5), dtype=torch.float64)).sum().backward()
        figures[name] = {
            "outputs": outputs.tolist(),
            "parameters": [flat(parameter.grad.tolist()) for parameter in module.parameters()],
            "inputs": flat(given.grad.tolist()),
            "names": [*module.state_dict()],
        }
    return figures


def loss_figures(torch: Any) -> dict[str, Any]:
    """For each of LOSSES its value, or values, and the gradient of their sum by the predictions."""
    figures = {}
    for name, (make, predictions, targets) in LOSSES.items():
        given = torch.tensor(predictions, dtype=torch.float64, requires_grad=True)
        dtype = torch.int64 if isinstance(flat(targets)[0], int) else torch.float64
        loss = make(torch.nn, torch.tensor)(given, torch.tensor(targets, dtype=dtype))
        loss.sum().backward()
        figures[name] = {"values": flat(loss.tolist()), "gradient": flat(given.grad.tolist())}
    return figures


def three_figures(torch: Any) -> dict[str, Any]:
    """For each of OF_THREE its value, or values, and the gradients of their sum by the first two inputs."""
    figures = {}
    for name, (make, inputs) in OF_THREE.items():
        given = [torch.tensor(each, dtype=torch.float64, requires_grad=True) for each in inputs]
        loss = make(torch.nn)(*given)
        loss.sum().backward()
        slots = [flat(each.grad.tolist()) for each in given[:2]]
        figures[name] = {"values": flat(loss.tolist()), "gradients": slots}
    return figures


def function_figures(torch: Any) -> dict[str, Any]:
    """For each of FUNCTIONS its outputs, and the gradient of a made-up sum of them."""
    figures = {}
    for name, (call, x) in FUNCTIONS.items():
        given = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        outputs = call(torch.nn.functional, torch.tensor, given).reshape(-1)
        (outputs * torch.tensor(numbers(len(outputs), 0.5), dtype=torch.float64)).sum().backward()
        figures[name] = {"outputs": outputs.tolist(), "inputs": flat(given.grad.tolist())}
    return figures


def all_figures(torch: Any) -> dict[str, Any]:
    """The whole table."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        modules, losses = module_figures(torch), loss_figures(torch)
        three, functions = three_figures(torch), function_figures(torch)
        return {"modules": modules, "losses": losses, "of three": three, "functions": functions}
    finally:
        torch.set_default_dtype(before)


if __name__ == "__main__":
    torch = importlib.import_module("torch")
    write("torch_modules", torch.__version__, all_figures(torch))
