"""When a training ends by itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from nn.training.early_stopping import EarlyStopping
from playground.training.config import Config

__all__ = ["Numbers", "Rules"]

Numbers = tuple[float, float, float, float]
"""Train loss, test loss, train accuracy, test accuracy; nan for what there is none of."""


class Rules:
    """The rules of a configuration, asked at the end of each epoch; how long they have waited is kept here.

    Args:
        config: its ``stop_epochs``, ``stop_loss`` and ``patience``; 0 for a rule that never ends anything.

    >>> rules = Rules(Config(stop_loss=0.1))
    >>> rules.reason_to_stop(1, lambda: (0.5, 0.6, 1.0, 1.0), None)
    ''
    >>> rules.reason_to_stop(2, lambda: (0.05, 0.6, 1.0, 1.0), None)
    'Stopped in epoch 2: the training loss is below 0.1.'
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self._patience = EarlyStopping(config.patience) if config.patience else None

    def reason_to_stop(self, epoch: int, measured: Callable[[], Numbers], model: Any) -> str:
        """Why the training ends now; empty where it goes on. A loss that is not finite ends it, too.

        Args:
            epoch: how many are over.
            measured: measures the numbers, where a rule needs them.
            model: what is trained.
        """
        config = self.config
        at_last = config.stop_epochs and epoch >= config.stop_epochs
        over = f"Stopped after {epoch} epochs." if at_last else ""
        if not (config.stop_loss or self._patience):
            return over
        train, test, *_ = measured()
        if not math.isfinite(train):
            return f"Stopped in epoch {epoch}: the loss is not finite. Try a smaller learning rate."
        if config.stop_loss and train < config.stop_loss:
            return f"Stopped in epoch {epoch}: the training loss is below {config.stop_loss:g}."
        if self._patience is not None:
            self._patience.update({"val_loss": test if math.isfinite(test) else train}, epoch, model)
            if self._patience.exhausted:
                which = "test" if math.isfinite(test) else "training"
                return (
                    f"Stopped in epoch {epoch}: the {which} loss has not improved for "
                    f"{config.patience} epochs."
                )
        return over
