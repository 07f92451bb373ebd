"""Figures of PyTorch, in float64: its optimisers, schedules and clipping, its losses, a network of nn.Linear.

To make torch.json again: ``pip install torch==2.13.0``, then ``python -m tests.nn.figures.from_torch``.
"""

import importlib
import math
from collections.abc import Callable
from typing import Any

from tests.nn.figures import write

START = [0.5, -1.25, 3.0]
STEPS = 8
OPTIMIZERS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.3}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.7, "weight_decay": 0.2}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.05, "momentum": 0.5, "nesterov": True, "weight_decay": 0.1}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1}),
    ("Adam", {"lr": 0.1, "betas": [0.5, 0.75], "eps": 0.01}),
    ("Adam", {"lr": 0.02, "weight_decay": 0.4}),
    ("Adam", {"lr": 0.1, "betas": [0.5, 0.6], "amsgrad": True}),
    ("Adam", {"lr": 0.02, "weight_decay": 0.4, "amsgrad": True}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.25, "weight_decay": 0.1}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.3, "amsgrad": True}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.1, "betas": [0.5, 0.75], "eps": 0.01, "weight_decay": 0.2}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.1, "betas": [0.5, 0.75], "eps": 0.01, "weight_decay": 0.2, "momentum_decay": 2.0}),
    ("NAdam", {"lr": 0.1, "weight_decay": 0.2, "decoupled_weight_decay": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.5, "eps": 0.01, "weight_decay": 0.2}),
    ("Adagrad", {"lr": 0.1, "initial_accumulator_value": 2.0}),
    ("RMSprop", {"alpha": 0.9}),
    ("RMSprop", {"lr": 0.1, "alpha": 0.5, "eps": 0.01, "weight_decay": 0.2}),
    ("RMSprop", {"lr": 0.1, "alpha": 0.99, "momentum": 0.9}),
    ("RMSprop", {"lr": 0.05, "alpha": 0.75, "momentum": 0.5, "centered": True, "eps": 0.01}),
    ("Adadelta", {"rho": 0.95}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.05, "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "weight_decay": 0.1, "maximize": True}),
    ("SGD", {"lr": 0.05, "momentum": 0.5, "weight_decay": 0.1, "maximize": True}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.2, "maximize": True}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.2, "maximize": True}),
    ("Adamax", {"lr": 0.1, "maximize": True}),
    ("NAdam", {"lr": 0.1, "maximize": True}),
    ("Adagrad", {"lr": 0.1, "maximize": True}),
    ("RAdam", {}),
    ("RAdam", {"lr": 0.1, "betas": [0.5, 0.9], "eps": 0.01, "weight_decay": 0.2}),
    ("RAdam", {"lr": 0.1, "weight_decay": 0.2, "decoupled_weight_decay": True, "maximize": True}),
    ("Rprop", {}),
    ("Rprop", {"lr": 0.3, "etas": [0.3, 1.5], "step_sizes": [0.01, 0.4], "maximize": True}),
    ("ASGD", {}),
    ("ASGD", {"lr": 0.1, "lambd": 0.3, "alpha": 0.5, "t0": 2.0, "weight_decay": 0.2, "maximize": True}),
    ("Adadelta", {"lr": 0.5, "rho": 0.6, "eps": 0.01, "weight_decay": 0.2}),
]
"""Optimisers with their settings; what is not said is the default."""

LBFGS: dict[str, dict[str, Any]] = {
    "fixed": {"lr": 0.3},
    "fixed, short": {"lr": 0.05, "max_iter": 4, "history_size": 2},
    "strong_wolfe": {"line_search_fn": "strong_wolfe"},
    "strong_wolfe, short": {"lr": 0.7, "line_search_fn": "strong_wolfe", "max_iter": 3, "history_size": 2},
    "strong_wolfe, calls": {"line_search_fn": "strong_wolfe", "max_eval": 9},
}
"""Settings of L-BFGS; what is not said is PyTorch's default."""

LBFGS_STEPS = 5

EPOCHS = 12
SCHEDULES: dict[str, Callable[[Any, Any], list[Any]]] = {
    "StepLR": lambda of, optimizer: [of.StepLR(optimizer, step_size=3, gamma=0.5)],
    "MultiStepLR": lambda of, optimizer: [of.MultiStepLR(optimizer, milestones=[2, 3, 9], gamma=0.3)],
    "ExponentialLR": lambda of, optimizer: [of.ExponentialLR(optimizer, gamma=0.9)],
    "CosineAnnealingLR": lambda of, optimizer: [of.CosineAnnealingLR(optimizer, T_max=5)],
    "CosineAnnealingLR, eta_min": lambda of, optimizer: [
        of.CosineAnnealingLR(optimizer, T_max=15, eta_min=0.02)
    ],
    "LinearLR": lambda of, optimizer: [of.LinearLR(optimizer)],
    "LinearLR, down": lambda of, optimizer: [
        of.LinearLR(optimizer, start_factor=1.0, end_factor=0.1, total_iters=8)
    ],
    "LambdaLR": lambda of, optimizer: [of.LambdaLR(optimizer, lambda epoch: 1.0 / (1.0 + epoch))],
    "SequentialLR": lambda of, optimizer: [
        of.SequentialLR(
            optimizer,
            [
                of.LinearLR(optimizer, start_factor=0.1, total_iters=4),
                of.CosineAnnealingLR(optimizer, T_max=6, eta_min=0.01),
                of.ExponentialLR(optimizer, gamma=0.5),
            ],
            milestones=[4, 10],
        )
    ],
    "ChainedScheduler": lambda of, optimizer: [
        of.ChainedScheduler(
            [of.LinearLR(optimizer, start_factor=0.25, total_iters=4), of.StepLR(optimizer, step_size=2)]
        )
    ],
    "LambdaLR, each": lambda of, optimizer: [
        of.LambdaLR(optimizer, [lambda epoch: 1.0 / (1.0 + epoch), lambda epoch: 0.9**epoch])
    ],
    "MultiplicativeLR": lambda of, optimizer: [
        of.MultiplicativeLR(optimizer, lambda epoch: 0.9 + 0.01 * epoch)
    ],
    "MultiplicativeLR, each": lambda of, optimizer: [
        of.MultiplicativeLR(optimizer, [lambda epoch: 0.5, lambda epoch: 1.0 / epoch])
    ],
    "ConstantLR": lambda of, optimizer: [of.ConstantLR(optimizer)],
    "ConstantLR, 9": lambda of, optimizer: [of.ConstantLR(optimizer, factor=0.5, total_iters=9)],
    "PolynomialLR": lambda of, optimizer: [of.PolynomialLR(optimizer)],
    "PolynomialLR, 2": lambda of, optimizer: [of.PolynomialLR(optimizer, total_iters=10, power=2.0)],
    "CosineAnnealingWarmRestarts": lambda of, optimizer: [
        of.CosineAnnealingWarmRestarts(optimizer, T_0=3, eta_min=0.01)
    ],
    "CosineAnnealingWarmRestarts, 2": lambda of, optimizer: [
        of.CosineAnnealingWarmRestarts(optimizer, 2, T_mult=2)
    ],
    "OneCycleLR": lambda of, optimizer: [of.OneCycleLR(optimizer, max_lr=0.5, total_steps=12)],
    "OneCycleLR, three": lambda of, optimizer: [
        of.OneCycleLR(
            optimizer,
            [0.5, 1.0],
            epochs=4,
            steps_per_epoch=5,
            pct_start=0.4,
            anneal_strategy="linear",
            three_phase=True,
            div_factor=10.0,
            final_div_factor=50.0,
            base_momentum=0.5,
        )
    ],
    "CyclicLR": lambda of, optimizer: [of.CyclicLR(optimizer, 0.1, 0.5, step_size_up=3)],
    "CyclicLR, 2": lambda of, optimizer: [
        of.CyclicLR(
            optimizer, [0.1, 0.2], [0.5, 0.7], 2, step_size_down=3, mode="triangular2", max_momentum=0.7
        )
    ],
    "CyclicLR, exp_range": lambda of, optimizer: [
        of.CyclicLR(optimizer, 0.1, 0.5, 2, mode="exp_range", gamma=0.9, cycle_momentum=False)
    ],
    "CyclicLR, function": lambda of, optimizer: [
        of.CyclicLR(optimizer, 0.1, 0.5, 2, scale_fn=lambda step: 1.0 / (1.0 + step), scale_mode="iterations")
    ],
    "ReduceLROnPlateau": lambda of, optimizer: [of.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)],
    "ReduceLROnPlateau, abs": lambda of, optimizer: [
        of.ReduceLROnPlateau(
            optimizer,
            "min",
            0.5,
            patience=0,
            threshold=0.3,
            threshold_mode="abs",
            cooldown=2,
            min_lr=[0.04, 0.15],
        )
    ],
    "ReduceLROnPlateau, max": lambda of, optimizer: [
        of.ReduceLROnPlateau(optimizer, mode="max", patience=2, threshold=0.5, eps=0.02)
    ],
    "back to back": lambda of, optimizer: [
        of.LinearLR(optimizer, start_factor=0.25, total_iters=4),
        of.ExponentialLR(optimizer, gamma=0.9),
        of.CosineAnnealingLR(optimizer, T_max=20),
    ],
}
"""Schedules of a module for an optimiser, all of which take a step each epoch."""

METRICS = [1.0, 0.9, 0.8999, 0.95, 0.7, 0.5, 0.51, 0.52, 0.6, 0.4, 0.41, 0.42]
"""Made-up losses of the epochs, for the schedules that go by one."""

OVERWRITTEN = (
    "LambdaLR",
    "SequentialLR",
    "ChainedScheduler",
    "OneCycleLR",
    "CyclicLR",
    "CosineAnnealingWarm",
)
"""The schedules after which a step size that was set by hand is gone in PyTorch, in all or in some epochs."""

GRADIENTS = [0.3, -2.0, 5.5, 0.0]
CLIPPINGS: list[tuple[str, dict[str, Any]]] = [
    ("clip_grad_norm_", {"max_norm": 2.0}),
    ("clip_grad_norm_", {"max_norm": 1e3}),
    ("clip_grad_norm_", {"max_norm": 2.0, "norm_type": 1.0}),
    ("clip_grad_norm_", {"max_norm": 2.0, "norm_type": 3.5}),
    ("clip_grad_norm_", {"max_norm": 2.0, "norm_type": math.inf}),
    ("clip_grad_value_", {"clip_value": 1.5}),
]

LOGITS = [0.3, -2.0, 5.5, -30.0, 400.0, -400.0, 0.0]
PROBABILITIES = [0.3, 0.001, 0.999, 0.5, 1e-9, 1.0 - 1e-9]
TARGETS = [0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.25]
CLASS_LOGITS = [[1.2, 0.9, 0.4], [-3.0, 7.0, 2.0], [500.0, 0.0, -500.0], [0.1, 0.1, 0.1]]
CLASSES = [0, 2, 1, 1]

NETWORK = [2, 3, 2]
SAMPLES = [[0.5, -1.0], [2.0, 0.25]]


def gradients(step: int) -> list[float]:
    """The made-up gradients of a step."""
    return [math.sin(1.0 + step), 2.0 * math.cos(2.0 * step), 0.01 * (step - 3.0)]


def weights(layer: int) -> tuple[list[list[float]], list[float]]:
    """The made-up weights and biases of a layer of the network."""
    nin, nout = NETWORK[layer], NETWORK[layer + 1]
    rows = [[math.sin(1.0 + layer + 3.0 * i + j) for j in range(nin)] for i in range(nout)]
    return rows, [0.1 * math.cos(layer + i) for i in range(nout)]


def optimizer_figures(torch: Any) -> list[list[list[float]]]:
    """For each of OPTIMIZERS the parameters after each step."""
    runs = []
    for name, settings in OPTIMIZERS:
        theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
        optimizer = getattr(torch.optim, name)([theta], **settings)
        run = []
        for step in range(STEPS):
            theta.grad = torch.tensor(gradients(step), dtype=torch.float64)
            optimizer.step()
            run.append(theta.tolist())
        runs.append(run)
    return runs


def valley(x: Any, y: Any, z: Any) -> Any:
    """A loss with a curved valley."""
    return (1.0 - x) ** 2 + 10.0 * (y - x**2) ** 2 + (z - y) ** 4 + 0.1 * z**2


def lbfgs_run(optimizer: Any, parameters: list[Any]) -> tuple[list[list[float]], int]:
    """The numbers of the parameters after each step down the valley, and how often the loss was computed."""
    run, calls = [], 0

    def closure() -> Any:
        nonlocal calls
        calls += 1
        optimizer.zero_grad()
        loss = valley(*parameters)
        loss.backward()
        return loss

    for _ in range(LBFGS_STEPS):
        optimizer.step(closure)
        run.append([float(each.detach()) for each in parameters])
    return run, calls


def lbfgs_figures(torch: Any) -> dict[str, list[Any]]:
    """For each of LBFGS the run."""
    figures = {}
    for name, settings in LBFGS.items():
        parameters = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in START]
        run, calls = lbfgs_run(torch.optim.LBFGS(parameters, **settings), parameters)
        figures[name] = [*run, [calls]]
    return figures


def step_sizes(of: Any, optimizer: Any, name: str) -> list[list[float]]:
    """The step sizes of two groups in each epoch of a schedule; in epoch 7 they are tripled by hand.

    With what goes up and down their momentum too.
    """
    schedules = SCHEDULES[name](of, optimizer)
    run = []
    for epoch in range(EPOCHS):
        if epoch == 7 and not name.startswith(OVERWRITTEN):
            for group in optimizer.param_groups:
                group["lr"] *= 3.0
        run.append([group["lr"] for group in optimizer.param_groups])
        if name.startswith(("OneCycleLR", "CyclicLR")):
            run[-1] += [group["momentum"] for group in optimizer.param_groups]
        optimizer.step()
        for schedule in schedules:
            schedule.step(*([METRICS[epoch]] if "Plateau" in name else []))
    return run


def schedule_figures(torch: Any) -> dict[str, list[list[float]]]:
    """For each of SCHEDULES the step sizes of two groups, 0.1 and 0.4 at first."""
    figures = {}
    for name in SCHEDULES:
        first, second = (torch.zeros(1, requires_grad=True) for _ in range(2))
        optimizer = torch.optim.SGD([{"params": [first]}, {"params": [second], "lr": 0.4}], lr=0.1)
        figures[name] = step_sizes(torch.optim.lr_scheduler, optimizer, name)
    return figures


def clipping_figures(torch: Any) -> list[dict[str, Any]]:
    """For each of CLIPPINGS what it returns, and the gradients after it."""
    figures = []
    for name, settings in CLIPPINGS:
        theta = torch.zeros(len(GRADIENTS), dtype=torch.float64, requires_grad=True)
        theta.grad = torch.tensor(GRADIENTS, dtype=torch.float64)
        norm = getattr(torch.nn.utils, name)([theta], **settings)
        figures.append({"norm": None if norm is None else norm.item(), "gradients": theta.grad.tolist()})
    return figures


def loss_figures(torch: Any) -> dict[str, Any]:
    """For each loss its value, and its gradient by the predictions."""
    functional = torch.nn.functional
    count = len(PROBABILITIES)
    cases = {
        "mse": (functional.mse_loss, LOGITS, TARGETS),
        "binary_cross_entropy": (functional.binary_cross_entropy, PROBABILITIES, TARGETS[:count]),
        "binary_cross_entropy_with_logits": (functional.binary_cross_entropy_with_logits, LOGITS, TARGETS),
        "cross_entropy": (functional.cross_entropy, CLASS_LOGITS, CLASSES),
    }
    figures = {}
    for name, (function, predictions, targets) in cases.items():
        given = torch.tensor(predictions, dtype=torch.float64, requires_grad=True)
        dtype = torch.int64 if name == "cross_entropy" else torch.float64
        loss = function(given, torch.tensor(targets, dtype=dtype))
        loss.backward()
        figures[name] = {"value": loss.item(), "gradient": given.grad.tolist()}
    return figures


def network_figures(torch: Any, activation: str) -> dict[str, Any]:
    """Outputs of a network of nn.Linear and the gradients of the sum of their squares."""
    layers = []
    for layer in range(len(NETWORK) - 1):
        linear = torch.nn.Linear(NETWORK[layer], NETWORK[layer + 1], dtype=torch.float64)
        rows, biases = weights(layer)
        linear.weight.data = torch.tensor(rows, dtype=torch.float64)
        linear.bias.data = torch.tensor(biases, dtype=torch.float64)
        layers.append(linear)
    hidden = getattr(torch.nn.functional, activation)(layers[0](torch.tensor(SAMPLES, dtype=torch.float64)))
    outputs = layers[1](hidden)
    (outputs**2).sum().backward()
    return {
        "outputs": outputs.tolist(),
        "gradients": [[linear.weight.grad.tolist(), linear.bias.grad.tolist()] for linear in layers],
    }


def all_figures(torch: Any) -> dict[str, Any]:
    """The whole table."""
    torch.set_default_dtype(torch.float64)  # or NAdam counts in float32
    networks = {
        name: network_figures(torch, name) for name in ("relu", "tanh", "sigmoid", "gelu", "silu", "elu")
    }
    return {
        "optimizers": optimizer_figures(torch),
        "lbfgs": lbfgs_figures(torch),
        "schedules": schedule_figures(torch),
        "clipping": clipping_figures(torch),
        "losses": loss_figures(torch),
        "networks": networks,
    }


if __name__ == "__main__":
    torch = importlib.import_module("torch")
    write("torch", torch.__version__, all_figures(torch))
