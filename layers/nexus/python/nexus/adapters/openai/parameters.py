"""Leaves out, or writes in another way, the parameters of a call that an endpoint refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nexus.adapters.openai.errors import StatusError
from nexus.adapters.openai.told import kind_of, words_of

_LIMITS = ("max_tokens", "max_completion_tokens")
# What stands in a refusal beside a parameter's name.
_ALSO = {"encoding_format": ("base64",), "dimensions": ("dimension", "matryoshka")}


@dataclass(frozen=True, slots=True)
class ChatForm:
    """How a prompt is sent: the limit's name, the reasoning effort ("" for none), and the roles.

    `one_role` puts the instructions into the user's message, `swapped` tells that the limit's other
    name was tried.
    """

    limit: str
    effort: str = ""
    one_role: bool = False
    swapped: bool = False


def adapted(form: ChatForm, err: StatusError) -> ChatForm | None:
    """The form without what the endpoint refused, or None if there is nothing left to change.

    Endpoints that refuse a parameter without naming it are asked with less, step by step.
    """
    said = words_of(err.body)
    kind = kind_of(err.status_code, said)
    if err.status_code not in (400, 422, 500) or kind in ("quota", "filtered", "too_long"):
        return None
    if form.effort and ("reasoning" in said or "effort" in said or "think" in said):
        return replace(form, effort="")
    if not form.swapped and (err.param == form.limit or form.limit in said):
        return _swapped(form)
    if not form.one_role and "system" in said and "role" in said:
        return replace(form, one_role=True)
    return None if kind != "parameter" or err.param else _with_less(form)


def without_refused(options: Mapping[str, object], err: StatusError) -> dict[str, object] | None:
    """The options of a call for vectors without the one that was refused, or None if none was."""
    said = words_of(err.body)
    if err.status_code not in (400, 404, 415, 422, 500, 501):
        return None
    for name in options:
        if err.param == name or any(word in said for word in (name, *_ALSO.get(name, ()))):
            return {key: value for key, value in options.items() if key != name}
    if options and not err.param and kind_of(err.status_code, said) == "parameter":
        return dict(list(options.items())[1:])
    return None


def _with_less(form: ChatForm) -> ChatForm | None:
    if form.effort:
        return replace(form, effort="")
    return None if form.swapped else _swapped(form)


def _swapped(form: ChatForm) -> ChatForm:
    return replace(form, limit=_LIMITS[form.limit == _LIMITS[0]], swapped=True)
