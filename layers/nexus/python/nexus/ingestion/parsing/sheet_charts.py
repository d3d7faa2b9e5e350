"""Reads the titles of the charts over an XLSX sheet while their parts are parsed."""

from __future__ import annotations

import posixpath

_MOST_CHARTS = 100


class ChartLinks:
    """Takes a parser's events of a drawing's relations; `found` are the parts of its charts."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.found: list[str] = []

    def start(self, _: str, attributes: dict[str, str]) -> None:
        """Takes a relation."""
        is_chart = attributes.get("Type", "").endswith("/chart")
        is_part = attributes.get("TargetMode") != "External" and len(self.found) < _MOST_CHARTS
        if is_chart and is_part:
            target = posixpath.join("/", self._folder, attributes.get("Target", ""))
            self.found.append(posixpath.normpath(target).lstrip("/"))


class ChartTitle:
    """Takes a parser's events of a chart, of which the title comes first."""

    def __init__(self) -> None:
        self._said: list[str] = []
        self._in_title = self._in_text = self._is_over = False

    def text(self) -> str:
        """The title; "" if the chart has none."""
        return "".join(self._said)

    def start(self, name: str, _: dict[str, str]) -> None:
        """Takes the beginning of an element."""
        tag = name.rpartition(":")[2]
        if tag == "title" and not self._is_over:
            self._in_title = True
        elif tag == "plotArea":  # the titles in it are those of axes
            self._is_over = True
        self._in_text = self._in_title and tag == "t"

    def end(self, name: str) -> None:
        """Takes the end of an element."""
        tag = name.rpartition(":")[2]
        self._in_text = False
        if tag == "p" and self._in_title:
            self._said.append(" ")
        elif tag == "title":
            self._in_title, self._is_over = False, True

    def data(self, text: str) -> None:
        """Takes letters."""
        if self._in_text:
            self._said.append(text)
