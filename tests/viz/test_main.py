"""The command line."""

import math
import os
import subprocess
import sys

import pytest

from tests.viz.pictures import groups, parsed
from viz.__main__ import main


def test_value_gradients_and_picture(tmp_path, capsys) -> None:
    path = tmp_path / "out" / "graph.svg"
    assert main(["tanh(w*x + b)", "w=0.5", "x=2", "b=-1", "-o", str(path)]) == 0
    assert capsys.readouterr().out == (
        "tanh(w*x + b) = 0.0\n"
        "\n"
        "name  value  gradient\n"
        "w       0.5       2.0\n"
        "x       2.0       0.5\n"
        "b      -1.0       1.0\n"
        "\n"
        f"wrote {path}\n"
    )
    shown = path.read_bytes()
    assert parsed(shown)[0].text == "Computation graph of tanh(w*x + b)"
    assert ["w", "data 0.5000", "grad 2.0000"] in groups(shown, "node")


def test_columns_are_aligned(capsys) -> None:
    main(["long_name * x / 3", "long_name=0.123456789", "x=1e-300"])
    lines = capsys.readouterr().out.splitlines()[2:]
    assert len({len(line) for line in lines}) == 1


def test_without_variables_there_is_just_the_value(capsys) -> None:
    assert main(["2**10"]) == 0
    assert capsys.readouterr().out == "2**10 = 1024.0\n"


@pytest.mark.parametrize("expression", ["-x", "-x*2 + 1", "-2*x", " - x"])
def test_an_expression_may_start_with_a_minus(expression, capsys) -> None:
    assert main([expression, "x=3"]) == 0
    assert capsys.readouterr().out.startswith(f"{expression.strip()} = -")


def test_values_that_are_not_finite_are_numbers(capsys) -> None:
    assert main(["x + y", "x=inf", "y=1e999"]) == 0
    assert "x + y = inf" in capsys.readouterr().out


def test_constants_are_listed_and_names_come_before_them(capsys) -> None:
    assert main(["e**x * tau", "x=1", "tau=0.5"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[3:]]
    assert rows[0][:2] == ["x", "1.0"]
    assert rows[1] == ["tau", "0.5", repr(math.e)]
    assert rows[2] == ["e", repr(math.e), "constant"]


def test_a_nan_comes_with_its_cause_and_the_part_it_arose_in(capsys) -> None:
    found = {
        ("y + log(x)*2", "x=-1", "y=1"): ("nan arose forward in log", "log(x)", "the logarithm is"),
        ("(x - 1)/(x - 1)", "x=1"): ("nan arose forward in div", "(x - 1)/(x - 1)", "the divisor is 0"),
        ("sqrt(x)**2", "x=0"): ("nan arose backward in sqrt", "sqrt(x)", "root is infinite at 0"),
        ("x + 1", "x=nan"): ("nan came in with the data", "x + 1", "x + 1"),
    }
    for arguments, (happened, part, advice) in found.items():
        assert main(list(arguments)) == 0
        told = capsys.readouterr().out.split("\n\n")[-1].splitlines()
        assert told[0].startswith(happened)
        assert told[1] == f"  in the expression: {part}"
        assert advice in told[-1]
    assert main(["where(x > 0, log(x), 0) + 1/y", "x=-1", "y=0"]) == 0
    assert "arose" not in capsys.readouterr().out


def test_a_result_that_takes_no_gradient_has_gradients_of_zero(capsys) -> None:
    assert main(["stop_gradient(x)", "x=3"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split() == ["x", "3.0", "0.0"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x*y", "x=1"], "no value for 'y'; give one as y=1.5"),
        (["foo(x)", "x=1"], "unknown function 'foo'"),
        (["x", "x=abc"], "'abc' is not a number, in 'x=abc'"),
        (["x", "x="], "'' is not a number"),
        (["x", "x=0,5"], "'0,5' is not a number, in 'x=0,5'; the decimal sign is a point"),
        (["x^2", "x=3"], "'x^2' cannot be read; write x**2: a power is **"),
        (["x*w", "x=3", "w=1", "z=3"], "z is not a name in the expression, whose names are x, w"),
        (["2**10", "a=1", "b=2"], "a, b are not names in the expression, whose names are none"),
        (["e", "e=1", "exp=2"], "exp is not a name in the expression"),
        (["x", "x"], "'x' is not an assignment; write name=number"),
        (["x", "1x=2"], "'1x=2' is not an assignment"),
        (["x", "x=1", "x=2"], "x has two values"),
        (["ﬁ", "fi=1", "ﬁ=2"], "fi has two values"),
        (["__import__('os').system('true')"], "is not allowed in an expression"),
        (["x", "x=1", "-o", "graph.bmp"], "suffix of the file must be one of .svg"),
        (["x", "x=1", "-o", "graph.svg", "--depth", "-1"], "depth must be at least 0"),
    ],
)
def test_what_is_wrong_is_said_on_stderr_with_status_2(
    arguments, message, capsys, tmp_path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert said.startswith("python -m viz: error: ")
    assert message in said
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_status_2(tmp_path, capsys) -> None:
    (tmp_path / "a").write_text("")
    assert main(["x", "x=1", "-o", str(tmp_path / "a" / "graph.svg")]) == 2
    assert "graph.svg" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["x", "x=1", "--nonsense"], ["x", "x=1", "--depth", "two"]])
def test_arguments_that_are_wrong_are_status_2(arguments, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: python -m viz" in capsys.readouterr().err


def test_help_helps(capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "softplus" in said
    assert 'python -m viz "tanh(w*x + b)" w=0.5 x=2 b=-1 -o graph.svg' in said


def test_it_runs_as_a_program(tmp_path) -> None:
    path = tmp_path / "graph.svg"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "viz", "x*x", "x=3", "-o", str(path)],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(groups(path.read_bytes(), "node")) == 3
    assert subprocess.run([sys.executable, "-m", "viz", "x"], capture_output=True).returncode == 2


def test_an_explanation_prints_where_the_terminal_lacks_its_signs() -> None:
    command = [sys.executable, "-m", "viz", "w * x", "w=2", "x=3", "--explain", "w"]
    done = subprocess.run(command, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert b"\\u2202y/\\u2202w = 3 at w = 2" in done.stdout


def test_one_derivative_is_explained_on_request(capsys) -> None:
    assert main(["exp(sin(x**2))", "x=1.2", "--explain", "x"]) == 0
    text = capsys.readouterr().out
    assert "\n\ndy/dx = 0.843631 at x = 1.2\n" in text
    assert "= exp(sin(x**2)) · cos(x**2) · 2·x\n" in text


def test_only_a_variable_of_the_expression_can_be_explained(capsys) -> None:
    assert main(["x * 2", "x=1", "--explain", "w"]) == 2
    assert "--explain w does not name a variable of the expression; there are x" in capsys.readouterr().err
