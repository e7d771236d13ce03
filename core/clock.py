"""The one place that reads the clock. Only views, api, tasks and commands may call it."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return timezone.now()
