"""Nesterov's method by hand, by its own class and by SGD, down the valley of the race."""

from demos.optimizers.race import START, ravine
from demos.optimizers.variants import MOMENTUM
from engine import Value
from nn import SGD, Nesterov, Optimizer

__all__ = ["LR", "STEPS", "by_hand", "by_nesterov", "by_sgd"]

STEPS = 40
LR = 0.1

Points = list[list[float]]


def by_hand() -> tuple[Points, Points]:
    """The method as it is written: v ← μv - η∇C(w + μv), w ← w + v.

    Returns:
        The weights after each step, and the points w + μv where the next gradient will be taken.

    >>> weights, ahead = by_hand()
    >>> len(weights) == len(ahead) == STEPS
    True
    """
    w, v = list(START), [0.0, 0.0]
    weights, ahead, place = [], [], w
    for _ in range(STEPS):
        values = [Value(number) for number in place]
        ravine(*values).backward()
        v = [MOMENTUM * speed - LR * value.grad for speed, value in zip(v, values, strict=True)]
        w = [number + speed for number, speed in zip(w, v, strict=True)]
        place = [number + MOMENTUM * speed for number, speed in zip(w, v, strict=True)]
        weights.append(w)
        ahead.append(place)
    return weights, ahead


def by_nesterov() -> Points:
    """The weights after each step of ``nn.Nesterov``.

    >>> len(by_nesterov()) == STEPS
    True
    """
    values = [Value(number) for number in START]
    return _walk(values, Nesterov(values, lr=LR, momentum=MOMENTUM))


def by_sgd() -> Points:
    """The parameters after each step of ``nn.SGD(nesterov=True)``.

    >>> len(by_sgd()) == STEPS
    True
    """
    values = [Value(number) for number in START]
    return _walk(values, SGD(values, lr=LR, momentum=MOMENTUM, nesterov=True))


def _walk(values: list[Value], optimizer: Optimizer) -> Points:
    def closure() -> Value:
        optimizer.zero_grad()
        height: Value = ravine(*values)
        height.backward()
        return height

    points = []
    for _ in range(STEPS):
        optimizer.step(closure)
        points.append([value.data for value in values])
    return points
