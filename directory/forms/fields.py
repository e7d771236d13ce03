"""Fields that several forms of the directory use."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import RegexValidator, URLValidator

from directory import images

phone_format = RegexValidator(
    r"^\+?[\d][\d ()./-]{3,}\d\Z", "Enter a phone number, for example +44 20 7946 0018."
)
web_address = URLValidator(
    ["http", "https"], message="Enter a whole web address that begins with https:// or http://."
)


class PictureInput(forms.FileInput):
    """A file input that offers pictures only; the server judges the content."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": ",".join(images.CONTENT_TYPES.values()), **(attrs or {})})


class PictureField(forms.FileField):
    """An uploaded picture, cleaned to the redrawn file (`images.clean`) or None."""

    widget = PictureInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", images.HINT)
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> ContentFile[bytes] | None:
        upload = super().clean(data, initial)
        return images.clean(upload) if upload else None


class SeveralPicturesInput(PictureInput):
    allow_multiple_selected = True


class SeveralPicturesField(forms.FileField):
    """Several uploaded pictures, cleaned to a list of redrawn files."""

    widget = SeveralPicturesInput

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[ContentFile[bytes]]:
        uploads = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(uploads) > self.most:
            raise ValidationError(f"Choose at most {self.most} pictures.", code="too_many")
        return [images.clean(super(SeveralPicturesField, self).clean(one)) for one in uploads]


class LinesField(forms.CharField):
    """One entry a line, cleaned to a list without blanks and repetitions."""

    widget = forms.Textarea

    def __init__(self, *, most: int, each: Any, **kwargs: Any) -> None:
        self.most, self.each = most, each
        kwargs.setdefault("widget", forms.Textarea({"rows": 3}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
        if len(lines) > self.most:
            raise ValidationError(f"At most {self.most} lines.", code="too_many")
        for number, line in enumerate(lines, start=1):
            try:
                self.each(line)
            except ValidationError as error:
                raise ValidationError(f"Line {number}: {error.messages[0]}") from error
        return lines


class TagsField(forms.CharField):
    """Words between commas, cleaned to a sorted list of lower-case tags."""

    def __init__(self, *, most: int = 20, longest: int = 40, **kwargs: Any) -> None:
        self.most, self.longest = most, longest
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        tags = sorted({tag.strip().lower() for tag in super().clean(value).split(",")} - {""})
        if len(tags) > self.most:
            raise ValidationError(f"At most {self.most} tags.", code="too_many")
        if any(len(tag) > self.longest for tag in tags):
            raise ValidationError(f"A tag has at most {self.longest} characters.", code="too_long")
        return tags
