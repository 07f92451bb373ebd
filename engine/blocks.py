"""Blocks that are decorators too: for functions, generators, coroutines and asynchronous generators.

A block holds for the thread it is in. Of a function that stops in between, as a generator does at ``yield``
and a coroutine at ``await``, it holds while the function runs and not while it waits.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from functools import wraps
from types import coroutine
from typing import Any

__all__ = ["Block"]


class Block(ABC):
    """A context manager that can be entered any number of times, and decorates functions."""

    @abstractmethod
    def __enter__(self) -> Any: ...

    @abstractmethod
    def __exit__(self, *exception: Any) -> None: ...

    def __call__(self, function: Callable[..., Any]) -> Any:
        """The function, run within this block."""
        if inspect.isgeneratorfunction(function):

            @wraps(function)
            def stepwise(*args: Any, **options: Any) -> Any:
                return (yield from self._steps(function(*args, **options)))

            return stepwise
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def awaited(*args: Any, **options: Any) -> Any:
                return await self._steps(function(*args, **options))

            return awaited
        if inspect.isasyncgenfunction(function):

            @wraps(function)
            async def asynchronous(*args: Any, **options: Any) -> Any:
                generator = function(*args, **options)
                resume = generator.asend(None)
                while True:
                    try:
                        item = await self._steps(resume)
                    except StopAsyncIteration:
                        return
                    try:
                        resume = generator.asend((yield item))
                    except GeneratorExit:
                        await self._steps(generator.aclose())
                        raise
                    except BaseException as error:
                        resume = generator.athrow(error)

            return asynchronous

        @wraps(function)
        def within(*args: Any, **options: Any) -> Any:
            with self:
                return function(*args, **options)

        return within

    @coroutine
    def _steps(self, steps: Any) -> Generator[Any, Any, Any]:
        """A generator, a coroutine or another awaitable, each step of it within this block."""
        resume, given = steps.send, None
        while True:
            with self:
                try:
                    item = resume(given)
                except StopIteration as end:
                    return end.value
            try:
                resume, given = steps.send, (yield item)
            except GeneratorExit:
                with self:
                    steps.close()
                raise
            except BaseException as error:
                resume, given = steps.throw, error
