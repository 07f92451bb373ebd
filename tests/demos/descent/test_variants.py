"""S-OPT: the variants of gradient descent, their years and defaults."""

import pytest

from demos.descent.variants import OTHERS, SECOND_ORDER, VARIANTS, defaults, year
from nn import Adam

YEARS = {
    "momentum": 1964,
    "AdaGrad": 2011,
    "RMSprop": 2012,
    "Adadelta": 2012,
    "Nesterov": 2013,
    "Adam": 2014,
    "AdaMax": 2015,
    "Nadam": 2015,
    "AMSGrad": 2018,
}


def test_s_opt_every_variant_has_its_year() -> None:
    assert {each.name: year(each) for each in VARIANTS} == {"gradient descent": None, **YEARS}
    assert [year(each) for each in (*OTHERS, SECOND_ORDER)] == [2019, 1989]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("momentum", "lr=0.001, momentum=0.9"),
        ("RMSprop", "lr=0.01, alpha=0.9, eps=1e-08"),
        ("Adadelta", "lr=1, rho=0.95, eps=1e-06"),
        ("Adam", "lr=0.001, betas=(0.9, 0.999), eps=1e-08"),
        ("AdaMax", "lr=0.002, betas=(0.9, 0.999), eps=1e-08"),
        ("AMSGrad", "lr=0.001, betas=(0.9, 0.999), eps=1e-08"),
    ],
)
def test_s_opt_defaults_are_the_papers(name, expected) -> None:
    (variant,) = (each for each in VARIANTS if each.name == name)
    assert defaults(variant) == expected


def test_s_opt_defaults_are_read_from_the_class() -> None:
    class Another(Adam):
        def __init__(self, params, lr=0.5, betas=(0.1, 0.2), eps=1e-3) -> None:
            super().__init__(params, lr, betas, eps)

    (adam,) = (each for each in VARIANTS if each.name == "Adam")
    assert defaults(adam._replace(kind=Another)) == "lr=0.5, betas=(0.1, 0.2), eps=0.001"
