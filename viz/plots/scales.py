"""Scales of plots: ticks of logarithmic axes that read as numbers, and the colours of signs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from viz.theme import NEGATIVE, POSITIVE, ZERO

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

__all__ = ["log_scale", "log_ticks", "sign_colours"]

PLAIN_FROM, PLAIN_TO = 1e-4, 1e5
"""Between these, ticks are written as plain numbers; beyond, as powers of ten."""


def sign_colours() -> Colormap:
    """Colours for numbers of either sign around 0: from orange over white to blue.

    >>> [round(float(part), 1) for part in sign_colours()(1.0)[:3]]
    [0.0, 0.4, 0.7]
    """
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("chainrule signs", [NEGATIVE, ZERO, POSITIVE])


def log_scale(axis: Any) -> None:
    """Make an axis logarithmic, with ticks from :func:`log_ticks`.

    Args:
        axis: ``ax.yaxis`` or ``ax.xaxis``.

    >>> from viz.plots.axes import new_axes
    >>> ax = new_axes(4.0, 3.0)
    >>> log_scale(ax.yaxis)
    >>> ax.set_ylim(0.25, 0.65)
    (0.25, 0.65)
    >>> [ax.yaxis.get_major_formatter()(y, 0) for y in ax.get_yticks() if 0.25 < y < 0.65]
    ['0.3', '0.4', '0.5', '0.6']
    """
    from matplotlib.ticker import NullFormatter

    (axis.axes.set_yscale if axis.axis_name == "y" else axis.axes.set_xscale)("log")
    locator, formatter = log_ticks()
    axis.set_major_locator(locator)
    axis.set_major_formatter(formatter)
    axis.set_minor_formatter(NullFormatter())


def log_ticks() -> tuple[Any, Any]:
    """A locator and a formatter for a logarithmic axis, however little of it is seen.

    Over less than a decade ticks are as on a plain axis, up to three decades at 1, 2 and 5, beyond at the
    powers of ten. They are written as ``0.05`` and not as ``5×10⁻²``, if all lie between 0.0001 and 100,000.
    """
    from matplotlib.ticker import Formatter, LogLocator, MaxNLocator

    class Ticks(LogLocator):
        def tick_values(self, vmin: float, vmax: float) -> Any:
            low, high = sorted((vmin, vmax))
            if not 0 < low < high < math.inf:
                return super().tick_values(vmin, vmax)
            decades = math.log10(high / low)
            if decades < 1:
                return MaxNLocator(nbins=7, steps=[1, 2, 5, 10]).tick_values(low, high)
            self.set_params(subs=(1.0, 2.0, 5.0) if decades <= 3 else (1.0,))
            return super().tick_values(vmin, vmax)

    class Written(Formatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            low, high = sorted(self.axis.get_view_interval())  # type: ignore[union-attr]
            if low >= PLAIN_FROM and high <= PLAIN_TO:
                return f"{x:.10g}"
            if x <= 0:
                return ""
            power = math.floor(math.log10(x) + 1e-9)
            leading = round(x / 10**power, 6)
            return f"$10^{{{power}}}$" if leading == 1 else f"${leading:g}\\cdot 10^{{{power}}}$"

    return Ticks(), Written()
