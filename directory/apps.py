from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "directory"
    verbose_name = "Directory"

    def ready(self) -> None:
        """Give the shared list pages and the navigation the rule of who may do what."""
        from core import access
        from directory import permissions

        access.provide(permissions.access)
