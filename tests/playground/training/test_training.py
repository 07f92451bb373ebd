"""One training: its numbers against nn.fit, the model itself and finite differences; its past; its rules."""

import subprocess
import sys
import threading
import warnings
from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from engine import no_grad
from engine.jit.reads import hidden
from nn import SGD, accuracy, fit
from nn.modules.activations import ACTIVATIONS
from playground.training.config import Config, LayerConfig, choices, optimizer_names
from playground.training.data.sets import DATA, draw, features_of
from playground.training.diagnosis import diagnose
from playground.training.network import build
from playground.training.picture import as_bytes, grid, picture, probe
from playground.training.programs import chainrule_program, from_json, numpy_program, to_json
from playground.training.trainer import Trainer
from playground.training.warp import warp


def outputs_of(trainer, places):
    """The model's outputs at places, by the model itself."""
    inputs = features_of(trainer.config.features, places)
    with no_grad():
        found = [trainer.network.model.eval()(x) for x in inputs.tolist()]
    trainer.network.model.train()
    return np.array([[z.data for z in each] if isinstance(each, list) else [each.data] for each in found])


def small(**changes):
    return Config(**{"count": 40, "hidden": (LayerConfig(3), LayerConfig(2)), **changes})


def all_run(programs, folder):
    """The numbers that each program prints after the word found; all in one process."""
    paths = [folder / f"program_{number}.py" for number in range(len(programs))]
    for path, program in zip(paths, programs, strict=True):
        path.write_text(program)
    code = "import runpy, sys\nfor path in sys.argv[1:]:\n    runpy.run_path(path)"
    run = subprocess.run([sys.executable, "-c", code, *paths], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    found = [line for line in run.stdout.splitlines() if line.startswith("found")]
    return [np.array(line[5:].replace("[", "").replace("]", "").split(","), float) for line in found]


class TestData:
    @pytest.mark.parametrize("name", DATA)
    def test_a_seed_gives_the_same_points_within_the_square(self, name):
        one, two = draw(Config(data=name, noise=0.3)), draw(Config(data=name, noise=0.3))
        assert (one.train == two.train).all()
        assert (one.test_targets == two.test_targets).all()
        assert abs(one.train).max() <= 6.0
        assert len(one.train) == len(one.test) == 100
        assert one.kind == DATA[name].kind

    def test_another_seed_gives_other_points(self):
        assert (draw(Config(seed=1)).train != draw(Config(seed=2)).train).any()

    def test_formula_is_the_target(self):
        points = draw(Config(data="formula", formula="y > x*x - 2", noise=0.0))
        places = points.train
        assert (points.train_targets == (places[:, 1] > places[:, 0] ** 2 - 2)).all()

    def test_features_are_those_named(self):
        place = np.array([[2.0, -3.0]])
        found = features_of(list(choices()["features"]), place)[0]
        assert found.tolist() == [2.0, -3.0, 4.0, 9.0, -6.0, np.sin(2.0), np.sin(-3.0)]


class TestTraining:
    def test_chainrule_program_trains_to_the_same_weights_with_nn_fit(self, tmp_path):
        trainers = [
            Trainer(small(**changes))
            for changes in (
                {},
                {"data": "three", "hidden": (LayerConfig(4, "relu"),)},
                {
                    "l1": 0.01,
                    "l2": 0.003,
                    "loss": "mse",
                    "hidden": (LayerConfig(3, "sigmoid"), LayerConfig(2, "elu")),
                },
                {"data": "hills", "optimizer": "Adam", "features": ("x", "x·y", "sin y")},
                {"loss": "hinge", "optimizer": "Nesterov", "settings": {"lr": 0.01}},
            )
        ]
        for trainer in trainers:
            trainer.advance(epochs=5)
        print_weights = "print('found', [p.data for p in model.parameters()])\n"
        programs = [chainrule_program(trainer) + print_weights for trainer in trainers]
        for weights, trainer in zip(all_run(programs, tmp_path), trainers, strict=True):
            assert weights == pytest.approx(trainer.network.numbers, rel=1e-9, abs=1e-12), trainer.config

    def test_dropout_draws_as_the_model_itself(self):
        config = small(hidden=(LayerConfig(4, "tanh", 0.5), LayerConfig(3, "tanh", 0.25)))
        trainer = Trainer(config)
        trainer.advance(epochs=3)
        model = build(config, "binary")
        fit(model, trainer.inputs, trainer.targets, loss="binary_cross_entropy_with_logits", epochs=3,
            batch_size=config.batch_size, optimizer=SGD(model.parameters(), lr=0.1), progress=False,
            rng=np.random.default_rng((config.seed, 3)))  # fmt: skip
        assert [p.data for p in model.parameters()] == pytest.approx(trainer.network.numbers, rel=1e-9)

    def test_full_gradient_is_that_of_finite_differences(self):
        trainer = Trainer(small(l2=0.01))
        network = trainer.network
        gradient = network.full_gradient(trainer.inputs, trainer.targets)
        numbers, h = network.numbers, 1e-6
        for i in range(len(numbers)):
            losses = []
            for step in (h, -h):
                moved = numbers.copy()
                moved[i] += step
                network.numbers = moved
                penalty = 0.01 * sum(w.data**2 for w in network.weights)
                losses.append(network.measure(trainer.inputs, trainer.targets) + penalty)
            assert gradient[i] == pytest.approx((losses[0] - losses[1]) / (2 * h), abs=1e-7)

    @pytest.mark.parametrize("name", optimizer_names())
    def test_every_optimiser_lowers_the_loss(self, name):
        trainer = Trainer(small(data="gauss", optimizer=name))
        before = trainer.measured()[0]
        trainer.advance(epochs=5)
        assert trainer.measured()[0] < before

    def test_measured_numbers_are_those_of_the_model(self):
        trainer = Trainer(small())
        trainer.advance(epochs=2)
        outputs = outputs_of(trainer, trainer.points.test)
        targets = trainer.points.test_targets
        loss = np.mean(np.logaddexp(0, outputs[:, 0]) - targets * outputs[:, 0])
        assert trainer.measured()[1] == pytest.approx(loss)
        assert trainer.measured()[3] == accuracy(targets.astype(int), outputs[:, 0], threshold=0.0)

    def test_going_back_takes_the_same_way_again(self):
        config = small(optimizer="Adam", hidden=(LayerConfig(3, "tanh", 0.2),))
        trainer = Trainer(config)
        trainer.advance(epochs=30)
        end, entries = trainer.network.numbers, trainer.course.entries
        trainer.go_back(entries[len(entries) // 2])
        assert (trainer.network.numbers != end).any()
        trainer.advance(steps=60 - trainer.step)
        assert (trainer.network.numbers == end).all()

    @pytest.mark.parametrize(
        ("rule", "reason"),
        [
            ({"stop_epochs": 3}, "after 3 epochs"),
            ({"stop_loss": 10.0}, "below 10"),
            ({"patience": 2, "settings": {"lr": 0.0}}, "not improved for 2 epochs"),
        ],
    )
    def test_rules_stop_the_training(self, rule, reason):
        trainer = Trainer(small(**rule))
        trainer.advance(epochs=20)
        assert reason in trainer.stopped
        assert trainer.epoch < 20


class TestChanges:
    def test_settings_of_the_optimiser_change_live_and_memory_stays(self):
        trainer = Trainer(small(optimizer="Adam"))
        trainer.advance(epochs=2)
        before, numbers = trainer.optimizer.state_dict()["state"], trainer.network.numbers
        anew = trainer.configure(small(optimizer="Adam", settings={"lr": 0.5, "betas": (0.5, 0.9)}))
        assert not anew
        assert trainer.optimizer.param_groups[0]["lr"] == 0.5
        assert trainer.optimizer.param_groups[0]["betas"] == (0.5, 0.9)
        assert (trainer.optimizer.state_dict()["state"][0]["exp_avg"] == before[0]["exp_avg"]).all()
        assert (trainer.network.numbers == numbers).all()

    def test_activation_and_penalty_keep_the_weights(self):
        trainer = Trainer(small())
        trainer.advance(epochs=2)
        numbers = trainer.network.numbers
        assert not trainer.configure(
            small(hidden=(LayerConfig(3, "relu"), LayerConfig(2, "sigmoid")), l2=0.1)
        )
        assert (trainer.network.numbers == numbers).all()
        places = trainer.points.test
        assert outputs_of(trainer, places)[:, 0] == pytest.approx(
            trainer.network.predictions(features_of(("x", "y"), places))[0]
        )

    def test_another_shape_begins_anew(self):
        trainer = Trainer(small())
        trainer.advance(epochs=2)
        assert trainer.configure(small(hidden=(LayerConfig(5),)))
        assert trainer.step == 0
        assert len(trainer.network.numbers) == 5 * 3 + 6

    def test_points_drawn_meanwhile_keep_the_weights(self):
        points = ((1.0, 1.0, 0.0), (-1.0, 1.0, 1.0))
        trainer = Trainer(small(data="points", points=points))
        trainer.advance(epochs=5)
        numbers = trainer.network.numbers
        assert not trainer.configure(small(data="points", points=(*points, (2.0, 2.0, 0.0))))
        assert (trainer.network.numbers == numbers).all()
        assert len(trainer.inputs) == 3

    def test_a_refused_configuration_changes_nothing(self):
        trainer = Trainer(small())
        with pytest.raises(ValueError, match="lr"):
            trainer.configure(small(settings={"lr": -1.0}))
        assert trainer.config == small()
        trainer.advance(steps=1)

    def test_no_points_train_nothing(self):
        trainer = Trainer(small(data="points"))
        trainer.advance(epochs=3)
        assert trainer.step == 0
        drawn = picture(trainer, 5)
        assert drawn["train_loss"] is None


class TestPicture:
    def test_maps_are_the_outputs_of_the_neurons(self):
        trainer = Trainer(small())
        drawn = picture(trainer, 10)
        assert drawn["maps"].shape == (2 + 3 + 2 + 1, 10, 10)
        places = grid("binary", 10)
        values = outputs_of(trainer, places)[:, 0]
        assert (drawn["maps"][-1].ravel() == as_bytes(values, drawn["scales"][-1])).all()
        share = 1 / (1 + np.exp(-values))
        assert (drawn["surface"].ravel() == as_bytes(2 * share - 1, 1.0)).all()
        first = trainer.network.layers[0].neurons[1]
        there = [first(place).data for place in places.tolist()]
        assert (drawn["maps"][3].ravel() == as_bytes(np.array(there), drawn["scales"][3])).all()

    def test_three_classes_show_the_likeliest(self):
        trainer = Trainer(small(data="three"))
        trainer.advance(epochs=5)
        drawn = picture(trainer, 8)
        assert (drawn["surface"].ravel() == outputs_of(trainer, grid("three", 8)).argmax(axis=1)).all()
        assert np.array(drawn["confusion"]["counts"]).sum() == len(trainer.points.test)

    def test_curves_are_drawn_as_numbers(self):
        trainer = Trainer(small(data="sine", features=("x",)))
        drawn = picture(trainer, 9)
        assert drawn["lines"].shape == (1 + 3 + 2 + 1, 9)
        assert drawn["lines"][-1] == pytest.approx(outputs_of(trainer, grid("curve", 9))[:, 0])

    def test_probe_is_the_model(self):
        trainer = Trainer(small())
        z = outputs_of(trainer, np.array([[1.5, -2.0]]))[0, 0]
        found = probe(trainer, 1.5, -2.0)
        assert found["outputs"][-1] == pytest.approx(z)
        assert found["prediction"] == pytest.approx([1 / (1 + np.exp(-z))])

    def test_an_ablated_neuron_is_out_of_all_numbers(self):
        trainer = Trainer(small())
        trainer.network.ablate(0, 1, True)
        places = trainer.points.test
        without = trainer.network.predictions(features_of(("x", "y"), places))[0]
        for neuron in trainer.network.layers[1].neurons:
            neuron.w[1].data = 0.0
        assert without == pytest.approx(outputs_of(trainer, places)[:, 0])
        assert picture(trainer, 5)["states"][0][1] == "off"
        trainer.network.ablate(0, 1, False)
        assert picture(trainer, 5)["states"][0][1] != "off"


class TestDiagnosis:
    def test_a_deep_sigmoid_network_is_found_out(self):
        deep = tuple(LayerConfig(4, "sigmoid") for _ in range(6))
        trainer = Trainer(Config(hidden=deep))
        found = diagnose(trainer)
        assert any("vanishes" in each for each in found["findings"])
        assert [each.get("activation") for each in found["advice"]] == ["relu"]
        signals = [layer["signal"] for layer in found["layers"]]
        assert signals == sorted(signals)
        assert "vanishing" in picture(trainer, 5)["states"][0]

    def test_what_is_said_of_an_activation_is_true_of_it(self):
        said = {"sigmoid": "of sigmoid is at most 0.25", "tanh": "of tanh falls to 0 away from the middle"}
        for name, sentence in said.items():
            trainer = Trainer(Config(hidden=tuple(LayerConfig(4, name) for _ in range(6))))
            for parameter in trainer.network.parameters:
                parameter.data *= 100.0 if name == "tanh" else 1.0
            first = diagnose(trainer)["advice"][0]
            assert sentence in first["text"]
            assert first["activation"] == "relu"

    def test_its_signals_are_the_gradients_at_the_outputs_of_the_layers(self):
        trainer = Trainer(small(batch_size=16))
        network = trainer.network
        found = diagnose(trainer)
        gradient = network.full_gradient(trainer.inputs[:16], trainer.targets[:16])
        place = {p: i for i, p in enumerate(network.parameters)}
        last = network.layers[-1].neurons[0]
        expected = np.sqrt(np.mean([gradient[place[p]] ** 2 for p in (*last.w, last.b)]))
        assert found["layers"][-1]["gradient"] == pytest.approx(expected)
        assert found["layers"][-1]["name"] == "output layer"

    def test_dead_and_saturated_units_are_named(self):
        trainer = Trainer(small(hidden=(LayerConfig(3, "relu"), LayerConfig(2, "tanh"))))
        trainer.network.layers[0].neurons[0].b.data = -1000.0
        trainer.network.layers[1].neurons[1].b.data = 50.0
        states = picture(trainer, 5)["states"]
        assert states[0][0] == "dead"
        assert states[1][1] == "saturated"
        assert states[2] == [""]

    def test_a_sound_network_has_nothing_to_be_said(self):
        assert diagnose(Trainer(Config()))["findings"] == []


class TestPrograms:
    def test_numpy_program_computes_what_the_model_does(self, tmp_path):
        places = np.random.default_rng(0).uniform(-6, 6, (20, 2))
        programs, expected = [], {}
        for activation in ACTIVATIONS:
            hidden = (LayerConfig(4, activation),)
            trainer = Trainer(small(data="three", features=tuple(choices()["features"]), hidden=hidden))
            trainer.advance(epochs=1)
            trainer.network.ablate(0, 2, True)
            programs.append(numpy_program(trainer) + f"print('found', predict({places.tolist()}).tolist())\n")
            for neuron in trainer.network.layers[1].neurons:
                neuron.w[2].data = 0.0
            expected[activation] = outputs_of(trainer, places)
        for found, (activation, right) in zip(all_run(programs, tmp_path), expected.items(), strict=True):
            assert found.reshape(20, 3) == pytest.approx(right), activation

    def test_numpy_program_of_a_classifier_gives_classes_and_probabilities(self, tmp_path):
        programs, expected = [], []
        for data, loss, said in (
            ("xor", "", "logits"),
            ("xor", "hinge", "outputs"),
            ("xor", "mse", "outputs"),
            ("three", "", "logits"),
        ):
            trainer = Trainer(small(data=data, loss=loss, hidden=(LayerConfig(4),)))
            trainer.advance(epochs=5)
            places = trainer.points.train.tolist()
            program = numpy_program(trainer)
            assert f"The {said} at points p" in program
            programs.append(program + f"print('found', classes({places}).tolist())\n")
            z = outputs_of(trainer, trainer.points.train)
            expected.append(z.argmax(1) if data == "three" else z[:, 0] > 0)
            right = trainer.measured()[2]
            targets = trainer.targets if data == "three" else trainer.targets > 0
            assert (expected[-1] == targets).mean() == right  # as the page counts them
            if said == "logits":
                programs.append(program + f"print('found', probabilities({places}).tolist())\n")
                shares = np.exp(z) / np.exp(z).sum(1, keepdims=True)
                expected.append(shares if data == "three" else 1 / (1 + np.exp(-z[:, 0])))
            assert ("def probabilities" in program) == (said == "logits")
        for found, right in zip(all_run(programs, tmp_path), expected, strict=True):
            assert found.reshape(right.shape) == pytest.approx(right.astype(float))
        assert "def classes" not in numpy_program(Trainer(small(data="sine")))

    def test_json_gives_the_network_again(self):
        trainer = Trainer(small(l2=0.1, optimizer="Adam", settings={"betas": (0.8, 0.9)}))
        trainer.advance(epochs=3)
        trainer.network.ablate(0, 1, True)
        again = from_json(to_json(trainer))
        assert again.config == trainer.config
        assert (again.network.numbers == trainer.network.numbers).all()
        assert again.network.ablated == {(0, 1)}

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "chainrule playground", "version": 99}'])
    def test_other_texts_are_refused(self, text):
        with pytest.raises(ValueError):
            from_json(text)


class TestConfig:
    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"data": "cats"}, "no data is called 'cats'"),
            ({"hidden": [{"neurons": 99}]}, "at most 16"),
            ({"hidden": [{"neurons": 2, "activation": "softmax"}]}, "activation"),
            ({"hidden": [{"neurons": 2, "dropout": 1.0}]}, "below 1"),
            ({"hidden": [{}] * 9}, "hidden layers must be at most 8"),
            ({"points": [[0, 0, 7]]}, "class of a point"),
            ({"points": [[0, 99, 1]]}, "between -6 and 6"),
            ({"batch_size": 0}, "batch_size"),
            ({"optimizer": "Optimizer"}, "optimizer"),
            ({"features": []}, "at least one input"),
            ({"colour": "red"}, "setting"),
            ({"noise": 2}, "noise"),
            ({"ratio": 0.0}, "ratio"),
            ({"formula": "x" * 999}, "200 characters"),
        ],
    )
    def test_faults_are_named(self, given, message):
        with pytest.raises((ValueError, TypeError), match=message):
            Config.of(given)

    def test_settings_of_optimisers_come_from_their_signatures(self):
        adam = {each["name"]: each for each in choices()["optimizers"]["Adam"]}
        assert adam["betas"] == {"name": "betas", "default": (0.9, 0.999), "kind": "pair"}
        assert adam["amsgrad"]["kind"] == "flag"
        assert "params" not in adam

    def test_json_and_back(self):
        config = replace(small(), settings={"lr": 0.5}, points=((1.0, 2.0, 1.0),))
        assert Config.of(config.as_json()) == config


@pytest.mark.parametrize(
    "own",
    [
        {},
        {"data": "three", "l1": 0.01, "l2": 0.01, "optimizer": "LBFGS"},
        {"hidden": [{"neurons": 3, "dropout": 0.2}]},
    ],
)
def test_threads_that_come_and_go_while_a_network_is_lifted_do_not_count(own, monkeypatch):
    now = count()
    for asked in (threading.active_count, threading.get_ident, threading.current_thread):
        monkeypatch.setitem(hidden._ANSWERS, asked, lambda: next(now))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # of what runs as written
        trainer = Trainer(Config.of(own))
        trainer.advance(epochs=2)
        diagnose(trainer)
        picture(trainer)
        warp(trainer, 0)
    assert trainer.epoch == 2
