"""Trains by ``nn.fit``, with a progress bar and a summary for Ctrl-C."""

from typing import Any

from demos.runner.account import Account
from nn import Adam, CosineAnnealingLR, History, Module, TrainingState, fit
from nn.training.progress import progress_line

__all__ = ["learn", "learn_by_adam"]


def learn(
    title: str, model: Module, X: Any, y: Any, *, epochs: int, account: Account, **choices: Any
) -> History:
    """Train a model with a progress bar, and keep the account up to date.

    Args:
        title: what is being trained, for the progress bar and the summary after Ctrl-C.
        model: what is trained.
        X: samples to train with.
        y: their targets.
        epochs: how often to go through all of them.
        account: receives the progress.
        choices: further arguments of ``nn.fit``; ``loss`` and ``optimizer`` are required.

    Returns:
        The numbers of each epoch.

    >>> from nn import MLP, SGD
    >>> model = MLP(1, [1], init="zeros")
    >>> history = learn("a line", model, [[0.0], [1.0]], [1.0, 3.0], epochs=50, account=Account(),
    ...                 loss="mse", optimizer=SGD(model.parameters(), lr=0.5), batch_size=None)
    >>> [round(number.data, 3) for number in model.parameters()]
    [2.0, 1.0]
    """

    def follow(state: TrainingState) -> None:
        loss = f"loss {state.loss:.4f}"
        account.doing = f"training {title}, after epoch {state.epoch} of {epochs}, at {loss}"
        advance(loss)

    account.doing = f"training {title}, in epoch 1 of {epochs}"
    with progress_line(epochs, show=False if account.quiet else None, title=title) as advance:
        history = fit(model, X, y, epochs=epochs, callbacks=follow, progress=False, **choices)
    account.doing = f"looking at what {title} learned"
    return history


def learn_by_adam(
    title: str, model: Module, X: Any, y: Any, *, lr: float, epochs: int, **choices: Any
) -> History:
    """Train a lifted model by Adam, whose step size falls from ``lr`` along half a cosine.

    The other arguments are those of :func:`learn`.

    >>> from nn import MLP
    >>> history = learn_by_adam("a line", MLP(1, [1], init="zeros"), [[0.0], [1.0]], [1.0, 3.0], lr=0.1,
    ...                         epochs=9, account=Account(), loss="mse")
    >>> history.epochs, history["loss"][-1] < history["loss"][0]
    (9, True)
    """
    optimizer = Adam(model.parameters(), lr=lr)
    choices |= {"optimizer": optimizer, "schedule": CosineAnnealingLR(optimizer, epochs), "jit": True}
    return learn(title, model, X, y, epochs=epochs, **choices)
