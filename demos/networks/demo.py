"""Seven networks built by hand, from one neuron to any number of layers, each compared with the engine.

What the lectures derive with pencil and paper, sums for single weights, matrices for layers, loops for
training, is computed here as they write it and compared with the engine, which knows of none of it.
"""

from demos.networks import any_depth, cost_curve, counting, delta_rule, linear, salary, three_layers
from demos.runner.account import Account
from demos.runner.options import Options
from demos.runner.pictures import Pictures

__all__ = ["EPOCHS", "NETWORKS", "TITLE", "run"]

TITLE = "seven networks built by hand, their formulas compared with the engine"

EPOCHS = cost_curve.ITERATIONS

NETWORKS = {
    "5-3-1": linear,
    "3-5-2": counting,
    "2-5-2": cost_curve,
    "2-3-1": salary,
    "one neuron": delta_rule,
    "three layers": three_layers,
    "L hidden layers": any_depth,
}
"""The networks by name; each module has a function ``show``."""


def run(options: Options, account: Account) -> bool:
    """Show one network after the other.

    Args:
        options: the choices of this run; a network trains as long as the lectures say, or until the epochs
            are used up.
        account: receives the text.

    Returns:
        Whether all formulas agree with the engine and the costs came down.
    """
    account.heading(f"Networks: {TITLE}")
    account.say(
        "Asked: do the formulas of the lectures give what the engine gives? It multiplies local gradients "
        "from node to node and knows nothing of layers and matrices. The weights are random "
        f"(seed {options.seed}) but where the lecture gives a seed of its own."
    )
    pictures = Pictures(options, account)
    failed = [name for name, network in NETWORKS.items() if not network.show(options, account, pictures)]
    if failed:
        account.fail(f"Of {len(NETWORKS)} networks, these are not as they should be: {', '.join(failed)}.")
        return False
    account.say(
        "What it shows: neuron by neuron, as sums, as matrices, in eight lines or node by node, it is one "
        f"computation. All {len(NETWORKS)} networks gave the same numbers both ways, to rounding."
    )
    return True
