"""Trains until a goal is reached: forward, backward, step, with a progress bar."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from demos.runner.account import Account
from engine import Value
from nn.training.progress import progress_line

__all__ = ["Optimizer", "Training", "train"]


class Optimizer(Protocol):
    """The methods of an optimiser that training calls; those of ``nn`` have them."""

    def zero_grad(self) -> None: ...

    def step(self) -> None: ...


@dataclass
class Training:
    """The course of a training.

    Attributes:
        losses: the loss at the start of each epoch.
        reached: whether the goal was reached.
    """

    losses: list[float] = field(default_factory=list)
    reached: bool = False

    @property
    def epochs(self) -> int:
        """The number of epochs it took."""
        return len(self.losses)

    @property
    def took(self) -> str:
        """The number of epochs in words.

        >>> Training([0.7]).took
        '1 epoch'
        """
        return f"{self.epochs} epoch{'' if self.epochs == 1 else 's'}"

    def advice(self, usual: int) -> str:
        """What to try if the goal was not reached.

        Args:
            usual: the number of epochs after which it is reached from most starts.

        >>> Training([0.7]).advice(usual=200)
        'Try more: --epochs 200.'
        >>> Training([0.7] * 200).advice(usual=200)
        'Try another start, --seed N, or more: --epochs 400.'
        """
        if self.epochs < usual:
            return f"Try more: --epochs {usual}."
        return f"Try another start, --seed N, or more: --epochs {2 * self.epochs}."


def train(
    title: str,
    loss: Callable[[], Value],
    optimizer: Optimizer,
    *,
    epochs: int,
    goal: Callable[[], bool],
    account: Account,
) -> Training:
    """Minimise a loss until a goal is reached or the epochs are used up.

    Args:
        title: what is being trained, for the progress bar and the summary after Ctrl-C.
        loss: computes the loss anew from the parameters, over all of the data.
        optimizer: owns the parameters.
        epochs: the most steps to take.
        goal: asked after each step whether that was enough.
        account: receives the progress.

    >>> from nn import SGD
    >>> w = Value(0.0)
    >>> training = train("w", lambda: (w - 3) ** 2, SGD([w], lr=0.25), epochs=50, goal=lambda: w > 2.9,
    ...                  account=Account())
    >>> training.reached, training.epochs, training.losses[:3]
    (True, 5, [9.0, 2.25, 0.5625])
    """
    training = Training()
    with progress_line(epochs, show=False if account.quiet else None, title=title) as advance:
        for epoch in range(1, epochs + 1):
            at = f", at loss {training.losses[-1]:.4f}" if training.losses else ""
            account.doing = f"training {title}, in epoch {epoch} of {epochs}{at}"
            optimizer.zero_grad()
            value = loss()
            value.backward()
            optimizer.step()
            training.losses.append(value.data)
            advance(f"loss {value.data:.4f}")
            if goal():
                training.reached = True
                break
    account.doing = f"looking at what {title} learned"
    return training
