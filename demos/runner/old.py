"""Runs demos written for options and an account; goes when the last is converted."""

from typing import Any

from demos.runner.account import Account
from demos.runner.options import Options
from demos.runner.page import Page, Part


class Old:
    def __init__(self, module: Any) -> None:
        self.module = module
        self.__doc__ = module.__doc__.partition("\n")[0] + "\n"
        self.EPOCHS = module.EPOCHS
        self.TRY = "another seed."

    def run(self, page: Page) -> bool:
        account = Account(quiet=page.quiet)
        ok = self.module.run(Options(page.seed, page.epochs, page.quiet, page.out), account)
        names = {"quote": "code", "heading": "subheading"}
        page.parts += [Part(names.get(p.kind, p.kind), p.text, p.rows) for p in account.parts]
        page.parts += [Part("picture", p.caption, path=p.path) for p in account.pictures]
        return ok
