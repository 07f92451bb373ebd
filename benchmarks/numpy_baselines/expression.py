"""The value and the gradient of :func:`benchmarks.workloads.expression.expression`, block by block.

Names of intermediate results are those of the expression; ``d`` before a name: the derivative of the result
with respect to it. Each statement is one pass over a block that the cache holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["BLOCK", "value_and_gradient"]

BLOCK = 4096
"""Points at a time: 30 buffers of them are 1 MB."""

_BUFFERS = 30


def value_and_gradient(points: int) -> Callable[[Any, Any, Any], tuple[Any, tuple[Any, Any, Any]]]:
    """A function of three arrays that gives the values and the three derivatives at each point.

    The arrays it returns are those of the call before, written anew.

    Args:
        points: how many numbers an array has.
    """
    results = np.empty((4, points))
    buffers = np.empty((_BUFFERS, min(BLOCK, points)))

    def both(x: Any, y: Any, z: Any) -> tuple[Any, tuple[Any, Any, Any]]:
        for start in range(0, points, BLOCK):
            end = min(start + BLOCK, points)
            _block(x[start:end], y[start:end], z[start:end], results[:, start:end], buffers[:, : end - start])
        values, dx, dy, dz = results
        return values, (dx, dy, dz)

    return both


def _block(x: Any, y: Any, z: Any, results: Any, buffers: Any) -> None:
    value, dx, dy, dz = results
    u, cx, v, w, r, t, s, p, up, um, q, a, ca, sp, b, t1, c, c2, d, e, g, cc, l, k = buffers[:24]  # noqa: E741
    i, j, du, dt, dw, dr = buffers[24:]
    add, sub, mul, div = np.add, np.subtract, np.multiply, np.divide
    sin, cos, exp, log, tanh, sqrt = np.sin, np.cos, np.exp, np.log, np.tanh, np.sqrt

    mul(x, y, out=u)
    add(u, z, out=u)
    cos(x, out=cx)
    sin(u, out=v)
    mul(v, cx, out=v)
    mul(z, z, out=w)
    mul(w, -0.5, out=w)
    exp(w, out=w)
    mul(x, x, out=r)
    mul(y, y, out=i)
    add(r, i, out=r)
    add(r, 1.0, out=r)
    sqrt(r, out=r)
    add(v, w, out=t)
    tanh(t, out=t)
    div(t, r, out=s)
    add(r, w, out=j)
    log(j, out=p)
    sub(u, p, out=um)
    add(u, p, out=up)
    mul(um, up, out=q)
    mul(s, q, out=a)
    mul(v, w, out=i)
    add(a, i, out=a)
    cos(a, out=ca)
    sin(p, out=sp)
    mul(ca, x, out=b)
    mul(sp, y, out=i)
    sub(b, i, out=b)
    sub(t, 1.0, out=t1)
    mul(t1, r, out=c)
    mul(c, -0.1, out=c)
    exp(c, out=c)
    add(c, 2.0, out=c2)
    div(b, c2, out=d)
    mul(d, z, out=e)
    tanh(e, out=e)
    mul(s, s, out=i)
    add(e, i, out=k)  # k is e of the expression; e here keeps the tanh
    mul(k, k, out=g)
    add(g, 0.5, out=g)
    sqrt(g, out=g)
    mul(c, c, out=cc)
    add(cc, g, out=cc)
    log(cc, out=l)
    mul(l, u, out=value)
    mul(d, k, out=i)
    sub(value, i, out=value)
    add(value, g, out=value)
    mul(value, 0.5, out=value)

    # From here on everything is twice the derivative; the results are halved at the end.
    np.copyto(du, l)  # value/2 = l u - d k + g
    div(u, cc, out=l)  # dcc
    add(l, 1.0, out=dr)  # dg
    div(dr, g, out=dr)
    mul(dr, k, out=dr)  # g = sqrt(k k + 0.5): dk = k dg / g
    sub(dr, d, out=dr)  # dk, with that of -d k
    mul(l, c, out=l)
    mul(l, 2.0, out=l)  # dc
    mul(dr, s, out=i)
    mul(i, 2.0, out=i)  # ds
    mul(e, e, out=e)
    sub(1.0, e, out=e)
    mul(e, dr, out=e)  # of d z, through tanh
    mul(e, d, out=dz)
    mul(e, z, out=e)
    sub(e, k, out=e)  # dd
    div(e, c2, out=e)  # db
    mul(e, d, out=d)
    sub(l, d, out=l)  # dc, with that of d = b / (c + 2)
    mul(l, c, out=l)
    mul(l, -0.1, out=l)
    mul(l, r, out=dt)
    mul(l, t1, out=dr)
    mul(e, ca, out=dx)
    mul(e, sp, out=dy)
    np.negative(dy, out=dy)
    sin(a, out=a)
    mul(a, x, out=a)
    mul(a, e, out=a)
    np.negative(a, out=a)  # da
    cos(p, out=ca)
    mul(ca, y, out=ca)
    mul(ca, e, out=ca)  # minus dp
    mul(a, w, out=k)  # dv
    mul(a, v, out=dw)
    mul(a, q, out=q)
    add(i, q, out=i)  # ds, with that of a
    mul(a, s, out=a)  # dq
    mul(a, 2.0, out=a)  # q = u² - p²
    mul(a, u, out=e)
    add(du, e, out=du)
    mul(a, p, out=a)
    add(ca, a, out=ca)  # minus dp, with that of q
    div(ca, j, out=ca)
    sub(dr, ca, out=dr)  # p = log(r + w)
    sub(dw, ca, out=dw)
    div(i, r, out=i)
    add(dt, i, out=dt)  # s = t / r
    mul(i, s, out=i)
    sub(dr, i, out=dr)
    mul(t, t, out=t)
    sub(1.0, t, out=t)
    mul(dt, t, out=dt)
    add(k, dt, out=k)  # dv
    add(dw, dt, out=dw)
    div(dr, r, out=dr)
    mul(dr, x, out=i)
    add(dx, i, out=dx)
    mul(dr, y, out=i)
    add(dy, i, out=dy)
    mul(dw, w, out=dw)
    mul(dw, z, out=dw)
    sub(dz, dw, out=dz)
    sin(u, out=s)
    sin(x, out=q)
    mul(s, q, out=s)
    mul(s, k, out=s)
    sub(dx, s, out=dx)
    cos(u, out=u)
    mul(u, cx, out=u)
    mul(u, k, out=u)
    add(du, u, out=du)
    add(dz, du, out=dz)
    mul(du, y, out=i)
    add(dx, i, out=dx)
    mul(du, x, out=i)
    add(dy, i, out=dy)
    mul(results[1:], 0.5, out=results[1:])
