from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = "Events"

    def ready(self) -> None:
        """Give the directory the criteria of segments that look at purchases."""
        from events.selectors import segment_sql

        segment_sql.register()
