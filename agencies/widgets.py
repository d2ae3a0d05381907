"""Form widgets that draw our marks."""

from collections.abc import Mapping
from typing import Any

from django import forms


class MarkedRadios(forms.RadioSelect):
    """Radios with a mark of agencies.figures.MARKS at the end of those options that mean a state."""

    def __init__(self, marks: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.marks = marks

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**super().create_option(name, value, *args, **kwargs), "mark": self.marks.get(str(value))}
