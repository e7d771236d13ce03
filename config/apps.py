from django.apps import AppConfig


class AssembledConfig(AppConfig):
    """The assembled application; an app so that it can carry commands."""

    name = "config"
    label = "assembled"
    verbose_name = "Largesse"
