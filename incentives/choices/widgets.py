"""What a provider chooses about the look of a widget (incentives.md 7.2)."""

from __future__ import annotations

from django.db import models


class WidgetTheme(models.TextChoices):
    AUTO = "auto", "Automatic: follows the visitor"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class WidgetSize(models.TextChoices):
    COMPACT = "compact", "Compact, 320 × 140"
    CARD = "card", "Card, 400 × 240"
    FULL = "full", "Full width"


class WidgetLanguage(models.TextChoices):
    """The languages of a widget's own words, each in its own name."""

    ENGLISH = "en", "English"
    GERMAN = "de", "Deutsch"
    GREEK = "el", "Ελληνικά"
    SPANISH = "es", "Español"
    FRENCH = "fr", "Français"
    ITALIAN = "it", "Italiano"
