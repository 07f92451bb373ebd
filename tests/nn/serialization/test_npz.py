"""Numbers in .npz files: NumPy's format, whole or not at all, and no harm from a foreign file."""

import os
import stat
import zipfile

import numpy as np
import pytest

import nn.serialization.npz
from nn.serialization.npz import read_arrays, read_numbers, write_arrays, write_numbers

NUMBERS = {
    "layers.0.w.0": 0.1,
    "b": -1e300,
    "big": np.inf,
    "none": np.nan,
    "tiny": 5e-324,
    "a/b": -0.0,
    "file": 1.0,
}


def same(a: dict[str, float], b: dict[str, float]) -> bool:
    return list(a) == list(b) and np.array(list(a.values())).tobytes() == np.array(list(b.values())).tobytes()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "numbers.npz"


def test_numbers_come_back_bit_for_bit(path) -> None:
    write_numbers(path, NUMBERS)
    assert same(read_numbers(path), NUMBERS)
    assert same(read_numbers(str(path)), NUMBERS)


def test_numpy_reads_what_was_written(path) -> None:
    write_numbers(path, NUMBERS)
    with np.load(path, allow_pickle=False) as archive:
        assert same({name: archive[name].item() for name in archive.files}, NUMBERS)


def test_what_numpy_wrote_is_read(path) -> None:
    np.savez(path, x=1.5, n=np.array([3]), flag=np.array([[True]]))
    assert read_numbers(path) == {"x": 1.5, "n": 3.0, "flag": 1.0}
    np.savez_compressed(path, x=1.5)
    assert read_numbers(path) == {"x": 1.5}


def test_equal_numbers_give_equal_bytes(tmp_path) -> None:
    write_numbers(tmp_path / "a", NUMBERS)
    write_numbers(tmp_path / "b", NUMBERS)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_file_stands_at_exactly_the_path_with_usual_permissions(tmp_path) -> None:
    write_numbers(tmp_path / "model", {"x": 1.0})
    (tmp_path / "other").touch()
    assert sorted(os.listdir(tmp_path)) == ["model", "other"]
    modes = [stat.S_IMODE(os.stat(tmp_path / name).st_mode) for name in ("model", "other")]
    assert modes[0] == modes[1]


def test_link_is_followed(tmp_path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_numbers(tmp_path / "link", {"x": 1.0})
    assert (tmp_path / "link").is_symlink()
    assert read_numbers(tmp_path / "target") == {"x": 1.0}


@pytest.mark.parametrize("name", ["fsync", "replace"])
def test_failure_leaves_the_old_file_and_nothing_else(name, path, monkeypatch) -> None:
    write_numbers(path, {"x": 1.0})

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, name, full)
    with pytest.raises(OSError, match="No space"):
        write_numbers(path, {"x": 2.0})
    assert read_numbers(path) == {"x": 1.0}
    assert os.listdir(path.parent) == ["numbers.npz"]


def test_missing_folder_and_missing_file_are_os_errors(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        write_numbers(tmp_path / "none" / "x.npz", {"x": 1.0})
    with pytest.raises(FileNotFoundError):
        read_numbers(tmp_path / "none.npz")


def test_every_cut_and_every_flipped_byte_is_a_value_error_or_harmless(path) -> None:
    write_numbers(path, {"x": 1.0, "y": 2.0})
    whole = path.read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"numbers\.npz' is not an \.npz file of single numbers: "):
            read_numbers(path)
    for place in range(0, len(whole), 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            numbers = read_numbers(path)
        except ValueError:
            continue
        assert set(numbers.values()) <= {1.0, 2.0}  # checksums guard the numbers; a name may be lost


def header(shape: str) -> bytes:
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize(
    "member",
    [
        b"",
        b"hello",
        header("()"),
        header("(2,)") + bytes(16),
        header("(10**15,)"),
        header("(1000000000000000,)") + bytes(8),
        header("__import__('os')"),
        b"\x93NUMPY\x01\x00" + b"\xff\xff" + bytes(4000),
        bytes(100_000),
    ],
    ids=["empty", "text", "no data", "two numbers", "code", "huge", "call", "long header", "large"],
)
def test_hostile_member_is_a_value_error(member, path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", member)
    with pytest.raises(ValueError, match=r"is not an \.npz file of single numbers"):
        read_numbers(path)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(10.0),
        np.array("text"),
        np.array(1j),
        np.array([]),
        np.array(None, dtype=object),
        np.array({"a": 1}),
        np.zeros(3, dtype=[("a", float)]),
    ],
    ids=["several", "text", "complex", "none", "pickled None", "pickled dict", "record"],
)
def test_array_that_is_no_single_number_is_a_value_error(array, path) -> None:
    np.savez(path, x=array)
    with pytest.raises(ValueError, match=r"x\.npy|pickle"):
        read_numbers(path)


def test_large_array_is_refused_unread(path) -> None:
    np.savez_compressed(path, x=np.zeros(1_000_000))  # 8 MB in 8 kB
    with pytest.raises(ValueError, match=r"'x\.npy' holds 8000128 bytes, more than one number takes"):
        read_numbers(path)


@pytest.mark.parametrize("kind", ["text", "npy", "other zip"])
def test_foreign_file_is_a_value_error_that_names_it(kind, path) -> None:
    if kind == "text":
        path.write_text("epoch,loss\n1,0.5\n", encoding="utf-8")
    elif kind == "npy":
        with open(path, "wb") as file:
            np.save(file, np.array(1.0))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "hello")
    with pytest.raises(ValueError, match=r"numbers\.npz' is not an \.npz file"):
        read_numbers(path)


# -- arrays


ARRAYS = {
    "m": np.array([0.1, -np.inf, np.nan, 5e-324]),
    "key": np.arange(6, dtype=np.uint32).reshape(2, 3),
    "text": np.array('{"name": "η"}'),
    "none": np.zeros((0, 2)),
}


def test_arrays_come_back_bit_for_bit(path) -> None:
    write_arrays(path, ARRAYS)
    arrays = read_arrays(path)
    assert list(arrays) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert (arrays[name].dtype, arrays[name].shape) == (array.dtype, array.shape)
        assert arrays[name].tobytes() == array.tobytes()


def test_array_of_objects_is_not_written(path) -> None:
    with pytest.raises(ValueError, match="Object arrays"):
        write_arrays(path, {"x": np.array([{}])})
    assert os.listdir(path.parent) == []


def test_array_of_objects_is_not_read(path) -> None:
    np.savez(path, x=np.array([{"a": 1}]))
    with pytest.raises(ValueError, match=r"numbers\.npz' is not an \.npz file of arrays: .*pickle"):
        read_arrays(path)


def test_file_that_would_fill_the_memory_is_refused_unread(path, monkeypatch) -> None:
    np.savez_compressed(path, x=np.zeros(1000), y=np.zeros(1000))
    monkeypatch.setattr(nn.serialization.npz, "_LARGEST_FILE", 10_000)
    with pytest.raises(ValueError, match="its arrays take more than 10000 bytes"):
        read_arrays(path)


# -- names


@pytest.mark.parametrize(("first", "second"), [("x.npy", "x.npy"), ("x", "x.npy")])
@pytest.mark.parametrize("read", [read_numbers, read_arrays])
@pytest.mark.filterwarnings("ignore:Duplicate name")  # of the writer
def test_a_name_that_is_there_twice_is_a_value_error(read, first, second, path) -> None:
    member = header("()") + bytes(8)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(first, member)
        archive.writestr("y.npy", member)
        archive.writestr(second, member)
    with pytest.raises(ValueError, match=r"numbers\.npz' is not an .*: it holds 'x' twice"):
        read(path)


@pytest.mark.parametrize("name", ["a\0b", "\udc80", "x" * 70_000], ids=["zero byte", "surrogate", "long"])
def test_a_name_that_no_file_can_hold_is_refused(name, path) -> None:
    write_numbers(path, {"x": 1.0})
    with pytest.raises(ValueError, match=r"numbers\.npz': cannot write '[^\n]{1,130}: ") as caught:
        write_numbers(path, {"y": 1.0, name: 2.0})
    assert len(str(caught.value)) < 500
    assert read_numbers(path) == {"x": 1.0}


def test_a_message_does_not_repeat_a_long_name(path) -> None:
    np.savez(path, **{"x" * 60_000: np.zeros(2)})
    with pytest.raises(ValueError, match="xxx") as caught:
        read_numbers(path)
    assert len(str(caught.value)) < 600


def test_the_limit_is_a_gibibyte(path) -> None:
    write_arrays(path, {"x": np.ones(2)})
    content = bytearray(path.read_bytes())
    entry = content.index(b"PK\x01\x02")  # of the directory at the end, which says how large a member is
    content[entry + 24 : entry + 28] = (2**30).to_bytes(4, "little")
    path.write_bytes(content)
    assert read_arrays(path)["x"].tolist() == [1.0, 1.0]
    content[entry + 24 : entry + 28] = (2**30 + 1).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(ValueError, match="its arrays take more than 1073741824 bytes"):
        read_arrays(path)
