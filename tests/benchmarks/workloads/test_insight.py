import pytest

from benchmarks.workloads import insight
from tests.benchmarks.workloads.oracle import agree, ours


@pytest.mark.parametrize("tool", insight.TOOLS)
def test_every_tool_finds_the_gradient_of_backward(tool) -> None:
    expected = insight.tools(ours(), tool="backward", samples=3).check()
    program = insight.tools(ours(), tool=tool, samples=3)
    agree(program.check(), expected)
    assert program.run() is None
    agree(program.check(), expected)
