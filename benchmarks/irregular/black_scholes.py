"""The price of a European call option, and its derivatives by all five arguments."""

from __future__ import annotations

from typing import Any

from benchmarks.irregular.inference import numbers

__all__ = ["points", "price"]

RANGES = ((80.0, 120.0), (80.0, 120.0), (0.2, 2.0), (0.0, 0.05), (0.1, 0.5))
"""Of spot, strike, years, interest and volatility."""


def price(m: Any, spot: Any, strike: Any, years: Any, interest: Any, volatility: Any) -> Any:
    """The formula of Black and Scholes (1973).

    Args:
        m: where ``exp``, ``log``, ``sqrt`` and ``ndtr`` are taken from.
        spot: what the share costs today.
        strike: what it can be bought for.
        years: until then.
        interest: a year, continuously.
        volatility: a year.
    """
    spread = volatility * m.sqrt(years)
    d1 = (m.log(spot / strike) + (interest + 0.5 * volatility * volatility) * years) / spread
    return spot * m.ndtr(d1) - strike * m.exp(-interest * years) * m.ndtr(d1 - spread)


def points(count: int) -> list[list[float]]:
    """Lists of arguments, one for each."""
    return [numbers(count, 8 + i, low, high) for i, (low, high) in enumerate(RANGES)]
