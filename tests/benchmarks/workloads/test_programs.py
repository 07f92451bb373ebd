from benchmarks.workloads.programs import flat, functional_program


def test_flat_takes_lists_arrays_and_numbers() -> None:
    import numpy as np

    assert flat([np.array([[1.0, 2.0], [3.0, 4.0]]), 5, np.float64(6.0)]) == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]


def test_steps_go_on_from_where_the_last_one_ended() -> None:
    rates = []

    def step(parameters: list[float], rate: float) -> tuple[float, list[float], list[float]]:
        rates.append(rate)
        (x,) = parameters
        return x * x, [2 * x], [x - rate * 2 * x]

    program = functional_program(step, [1.0], lambda k: 0.5 / (k + 1))
    assert program.check() == {"loss": [1.0], "gradients": [2.0], "parameters": [0.0]}
    assert program.run() is None
    assert program.check()["loss"] == [0.0]
    assert rates == [0.5, 0.25, 0.5 / 3]
