"""HTML for notebooks is well formed, escaped, and of no colour of its own."""

from xml.etree import ElementTree

from engine.display.html import AsText, Printed, beside, bullets, details, paragraph, preformatted, table

EVIL = "</td><script>alert(\"1\")</script> & 'x'"


def read(html: str) -> ElementTree.Element:
    """The elements of a text; an error where one is not closed or a letter not escaped."""
    return ElementTree.fromstring(f"<root>{html}</root>")


def test_texts_come_back_as_they_were_given() -> None:
    rows = [["name", EVIL], [EVIL, "1"]]
    found = read(table(rows, "lr", titles=[EVIL, ""], strong=[1]))
    assert [cell.text for cell in found.iter() if cell.tag in ("th", "td")] == [*rows[0], *rows[1]]
    assert next(found.iter("th")).get("title") == EVIL
    for html in (paragraph(EVIL), preformatted(EVIL), bullets([EVIL]), details(EVIL, paragraph(EVIL))):
        assert {each.text for each in read(html).iter() if each.text} == {EVIL}
        assert not list(read(html).iter("script"))


def test_colours_are_those_around_it() -> None:
    html = beside(table([["a"], ["b"]], "l"), preformatted("x"), bullets(["y"]), details("z", paragraph("w")))
    assert "#" not in html
    assert "background:none" in html


def test_what_prints_itself_is_shown_as_it_prints() -> None:
    class Shown(AsText):
        def __str__(self) -> str:
            return "a\n  <b>"

    written: list[str] = []
    Shown()._repr_pretty_(type("Printer", (), {"text": staticmethod(written.append)}), False)
    assert written == ["a\n  <b>"]
    assert next(read(Shown()._repr_html_()).iter("pre")).text == "a\n  <b>"


def test_what_a_class_prints_itself_stays() -> None:
    class Own(Printed):
        def _repr_pretty_(self, printer, cycle) -> None:
            printer.text("mine")

    class Further(Own):
        pass

    for kind in (Own, Further):
        written: list[str] = []
        kind()._repr_pretty_(type("Printer", (), {"text": staticmethod(written.append)}), False)
        assert written == ["mine"]
