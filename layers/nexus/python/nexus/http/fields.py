"""Types of fields that several functions' request bodies have."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

_CALENDAR_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _only_text(value: object) -> object:
    """The value, if it may be a date as RFC 3339 writes one. Raises PydanticCustomError."""
    # Pydantic would take a number for seconds since 1970, and a time of midnight for its day.
    if isinstance(value, date) or (isinstance(value, str) and _CALENDAR_DATE.fullmatch(value)):
        return value
    raise PydanticCustomError("calendar_date", "A date is text such as 2026-03-31")


CalendarDate = Annotated[date, BeforeValidator(_only_text)]
