"""What an SVG shows, read with the standard library's XML parser: the tests' view of a picture."""

import os
import xml.etree.ElementTree as ET
from pathlib import Path

SVG = "{http://www.w3.org/2000/svg}"


def parsed(svg: str | bytes) -> ET.Element:
    """The root of an SVG; ParseError if it is no XML."""
    root = ET.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    return root


def texts(element: ET.Element) -> list[str]:
    """The texts an element shows, no-break blanks as blanks."""
    return [(text.text or "").replace("\xa0", " ").strip() for text in element.iter(f"{SVG}text")]


def groups(svg: str | bytes, kind: str) -> list[list[str]]:
    """The texts of each node or edge."""
    return [texts(group) for group in parsed(svg).iter(f"{SVG}g") if group.get("class") == kind]


def fake_dot(folder: Path, script: str) -> str:
    """A PATH on which ``dot`` is a shell script of one's own."""
    folder.mkdir(exist_ok=True)
    program = folder / "dot"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)
    return f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"
