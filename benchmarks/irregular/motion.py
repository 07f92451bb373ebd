"""Things that move: a pendulum, bodies that attract each other, heat in a ring, an arm of two links."""

from __future__ import annotations

from typing import Any

from benchmarks.irregular.inference import loop

__all__ = ["arm", "bodies", "bodies_of_arrays", "heat", "heat_of_arrays", "pendulum"]

H = 0.01
"""The time step."""


def pendulum(m: Any, x: Any, steps: int) -> Any:
    """Swing with friction, by the classical Runge-Kutta method: θ² + ω² at the end.

    Args:
        m: where ``sin`` is taken from.
        x: the angle and the angular velocity at the beginning.
        steps: how many.

    >>> import math
    >>> round(pendulum(math, [0.0, 0.0], 3), 6)
    0.0
    """

    def rates(angle: Any, speed: Any) -> tuple[Any, Any]:
        return speed, -9.81 * m.sin(angle) - 0.1 * speed

    def step(state: Any, _: float) -> Any:
        angle, speed = state
        a1, s1 = rates(angle, speed)
        a2, s2 = rates(angle + H / 2 * a1, speed + H / 2 * s1)
        a3, s3 = rates(angle + H / 2 * a2, speed + H / 2 * s2)
        a4, s4 = rates(angle + H * a3, speed + H * s3)
        angle = angle + H / 6 * (a1 + 2 * a2 + 2 * a3 + a4)
        return angle, speed + H / 6 * (s1 + 2 * s2 + 2 * s3 + s4)

    angle, speed = loop(m, step, (x[0], x[1]), [0.0] * steps)
    return angle * angle + speed * speed


def bodies(m: Any, x: Any, count: int, steps: int) -> Any:
    """Bodies in a plane under gravity, softened: Σ |position|² at the end.

    Args:
        m: where ``sqrt`` is taken from.
        x: the coordinates of all, first all the abscissas, then the ordinates, and the velocities likewise.
        count: how many bodies.
        steps: how many steps of symplectic Euler.
    """
    px, py, vx, vy = (list(x[i * count : (i + 1) * count]) for i in range(4))
    for _ in range(steps):
        ax, ay = [0.0] * count, [0.0] * count
        for i in range(count):
            for j in range(i + 1, count):
                dx, dy = px[j] - px[i], py[j] - py[i]
                r2 = dx * dx + dy * dy + 0.01
                w = 1.0 / (r2 * m.sqrt(r2))
                fx, fy = w * dx, w * dy
                ax[i], ay[i], ax[j], ay[j] = ax[i] + fx, ay[i] + fy, ax[j] - fx, ay[j] - fy
        vx = [v + H * a for v, a in zip(vx, ax, strict=True)]
        vy = [v + H * a for v, a in zip(vy, ay, strict=True)]
        px = [p + H * v for p, v in zip(px, vx, strict=True)]
        py = [p + H * v for p, v in zip(py, vy, strict=True)]
    return sum(p * p for p in px) + sum(p * p for p in py)


def bodies_of_arrays(library: Any, x: Any, count: int, steps: int) -> Any:
    """The same with all pairs at once, each pair twice."""
    np = library.numpy
    px, py, vx, vy = x.reshape(4, count)

    def step(state: Any, _: Any) -> Any:
        px, py, vx, vy = state
        dx, dy = px[None, :] - px[:, None], py[None, :] - py[:, None]
        r2 = dx * dx + dy * dy + 0.01
        w = 1.0 / (r2 * np.sqrt(r2))
        vx, vy = vx + H * (w * dx).sum(1), vy + H * (w * dy).sum(1)
        return (px + H * vx, py + H * vy, vx, vy), None

    (px, py, *_), _ = library.scan(step, (px, py, vx, vy), None, length=steps, unroll=4)
    return (px * px).sum() + (py * py).sum()


def heat(m: Any, x: Any, count: int, steps: int) -> Any:
    """Heat that flows along a ring of points: Σ u² at the end.

    Args:
        m: not used.
        x: the temperatures at the beginning, and the conductivity.
        count: how many points.
        steps: how many steps of Euler.
    """
    u, k = list(x[:count]), x[count]
    for _ in range(steps):
        u = [u[i] + k * (u[i - 1] - 2 * u[i] + u[(i + 1) % count]) for i in range(count)]
    return sum(each * each for each in u)


def heat_of_arrays(library: Any, x: Any, count: int, steps: int) -> Any:
    """The same with the ring rolled."""
    roll, k = library.numpy.roll, x[count]

    def step(u: Any, _: Any) -> Any:
        return u + k * (roll(u, 1) - 2 * u + roll(u, -1)), None

    u, _ = library.scan(step, x[:count], None, length=steps)
    return (u * u).sum()


def arm(m: Any, x: Any) -> Any:
    """The squared distance of the hand of an arm of two links from a point.

    Args:
        m: where ``sin`` and ``cos`` are taken from.
        x: the angles of the two joints.
    """
    shoulder, elbow = x[0], x[0] + x[1]
    return (m.cos(shoulder) + m.cos(elbow) - 1.2) ** 2 + (m.sin(shoulder) + m.sin(elbow) - 0.7) ** 2
