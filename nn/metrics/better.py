"""Whether a metric is better when larger or smaller, by its name."""

from __future__ import annotations

from engine.quoting import brief
from nn.losses import LOSSES

__all__ = ["BETTER", "mode_of"]

BETTER: dict[str, str] = {
    **dict.fromkeys(("accuracy", "balanced_accuracy", "precision", "recall", "f1", "f1_score"), "max"),
    **dict.fromkeys(("auc", "roc_auc", "r2", "r2_score"), "max"),
    **dict.fromkeys(("loss", "mae", "rmse", "mape", "error_rate"), "min"),
}
"""Of the metrics by name, ``"max"`` where larger is better and ``"min"`` where smaller is.

The losses in ``nn.LOSSES`` are ``"min"`` as well. A metric added here needs no ``mode``.
"""


def mode_of(name: str, mode: str = "auto") -> str:
    """``"max"`` where the larger of two numbers of this name is the better one, ``"min"`` where the smaller.

    Args:
        name: as in a history, with or without ``val_``.
        mode: ``"auto"`` goes by the name; ``"min"`` and ``"max"`` are returned as they are.

    Raises:
        ValueError: it is another mode; or the name is neither that of a metric nor of a loss.

    >>> mode_of("val_accuracy"), mode_of("val_loss"), mode_of("margin", "max")
    ('max', 'min', 'max')
    """
    if mode in ("min", "max"):
        return mode
    if mode != "auto":
        raise ValueError(f'mode must be "auto", "min" or "max", got {brief(mode)}')
    bare = name.removeprefix("val_")
    if bare in BETTER:
        return BETTER[bare]
    if bare in LOSSES:
        return "min"
    raise ValueError(
        f"the name {brief(name)} does not say whether larger or smaller is better: give "
        'mode="max" or mode="min"'
    )
