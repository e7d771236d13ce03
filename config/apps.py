from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class AssembledConfig(AppConfig):
    """The assembled application; an app so that it can carry commands."""

    name = "config"
    label = "assembled"
    verbose_name = "Largesse"

    def ready(self) -> None:
        """Make the folders that stand in for a broker: the transport expects to find them."""
        options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
        for name in ("data_folder_in", "control_folder"):
            if name in options:
                Path(options[name]).mkdir(parents=True, exist_ok=True)
