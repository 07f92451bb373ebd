"""History: loss and metrics of each epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.display.charts import line_chart
from engine.display.html import Printed, beside, paragraph, table
from engine.quoting import brief
from nn.metrics.better import mode_of

__all__ = ["History"]

_ROWS_SHOWN = 12

_MOST_CHARTS = 4


class History(Printed, dict[str, list[float]]):
    """A dict of lists by name, one number for each epoch, which prints as a table.

    In a notebook it shows itself as this table and a curve of each number; its ``repr`` has the last numbers
    only, and ``dict(history)`` all of them.

    ``loss`` is the mean training loss over the epoch's samples, computed before each step: with one batch the
    loss at the start of the epoch, with several a mean over parameters that differ from batch to batch.
    Metrics are of the same predictions. ``val_`` numbers are of the validation samples, at the end of the
    epoch. ``lr`` is the step size, if there is a schedule.

    Attributes:
        stopped: the reason why the training ended early; empty if it did not.

    >>> history = History({"loss": [0.5, 0.25], "val_loss": [0.6, 0.5]})
    >>> history["loss"][-1], history.epochs, history.best("val_loss")
    (0.25, 2, 2)
    >>> print(history)
    epoch    loss  val_loss
        1  0.5000    0.6000
        2  0.2500    0.5000
    >>> history
    History(epochs=2, loss=0.25, val_loss=0.5)
    """

    def __init__(self, numbers: Mapping[str, Sequence[float]] = {}, stopped: str = "") -> None:
        super().__init__((name, list(column)) for name, column in numbers.items())
        self.stopped = stopped

    @property
    def epochs(self) -> int:
        """The number of epochs."""
        return max(map(len, self.values()), default=0)

    def best(self, name: str = "loss", mode: str = "auto") -> int:
        """The epoch, counted from 1, with the best number of a name: smallest or largest.

        Args:
            name: of the number.
            mode: ``"min"`` where smaller is better, ``"max"`` where larger is; ``"auto"`` goes by the name:
                ``"max"`` for accuracy and other metrics of this kind, ``"min"`` for losses and errors.

        A number with ``val_`` is that of the parameters at the end of this epoch; ``loss`` and metrics of
        training are those of parameters before its steps, see above.

        Raises:
            KeyError: the name is unknown.
            ValueError: there are no epochs, or only nan; the mode is unknown, or missing for a name that
                does not say it.

        >>> History({"val_accuracy": [0.5, 0.9, 0.9]}).best("val_accuracy")
        2
        """
        numbers = [(number, i) for i, number in enumerate(self[name], start=1) if number == number]
        if not numbers:
            raise ValueError(f"the history has no number for {brief(name)}")
        sign = -1.0 if mode_of(name, mode) == "max" else 1.0
        return min(numbers, key=lambda pair: (sign * pair[0], pair[1]))[1]

    def add(self, numbers: Mapping[str, float]) -> None:
        """Append the numbers of an epoch.

        >>> history = History()
        >>> history.add({"loss": 0.5})
        >>> history["loss"]
        [0.5]
        """
        for name, number in numbers.items():
            self.setdefault(name, []).append(float(number))

    def __str__(self) -> str:
        if not self:
            return "no epochs"
        rows = self._rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(map(str.rjust, row, widths)).rstrip() for row in rows]
        return "\n".join([*lines, self.stopped] if self.stopped else lines)

    def __repr__(self) -> str:
        last = [f"{name}={column[-1]:.6g}" for name, column in self.items() if column]
        stopped = [f"stopped={self.stopped!r}"] if self.stopped else []
        return f"History({', '.join([f'epochs={self.epochs}', *last, *stopped])})"

    def _repr_html_(self) -> str:
        """The table, and beside it a chart for each number, that of training and of validation in one."""
        if not self:
            return paragraph("no epochs")
        names = list(dict.fromkeys(str(name).removeprefix("val_") for name in self))
        charts = [
            line_chart({each: self[each] for each in (name, f"val_{name}") if each in self})
            for name in names[:_MOST_CHARTS]
        ]
        rows = self._rows()
        shown = beside(table(rows, "r" * len(rows[0])), beside(*charts))
        return shown + (paragraph(self.stopped) if self.stopped else "")

    def _rows(self) -> list[list[str]]:
        """The names, and the numbers of the epochs; of many, those of the first and the last."""
        shown = range(self.epochs)
        if self.epochs <= _ROWS_SHOWN:
            return [["epoch", *self], *map(self._row, shown)]
        half = _ROWS_SHOWN // 2
        gap = ["...", *("" for _ in self)]
        return [["epoch", *self], *map(self._row, shown[:half]), gap, *map(self._row, shown[-half:])]

    def _row(self, i: int) -> list[str]:
        return [str(i + 1), *(_cell(column[i]) if i < len(column) else "" for column in self.values())]


def _cell(number: float) -> str:
    """Four digits after the point, or, where that would not show a number, four in all.

    >>> _cell(0.5), _cell(0.0), _cell(0.00021), _cell(123456.0)
    ('0.5000', '0.0000', '0.00021', '1.235e+05')
    """
    return f"{number:.4f}" if number == 0.0 or 1e-3 <= abs(number) < 1e5 else f"{number:.4g}"
