from datetime import datetime

from django.apps import AppConfig


class IncentivesConfig(AppConfig):
    name = "incentives"
    verbose_name = "Incentives"

    def ready(self) -> None:
        from django.urls import reverse

        from core import references
        from incentives.services import sweeps

        def mail_failed(pk: int, address: str, at: datetime) -> None:
            sweeps.note_mail_failed(pk=pk, address=address, at=at)

        references.nouns.register(
            "incentives.offer",
            references.Noun(
                url=lambda pk: reverse("offer_detail", args=[pk]), on_mail_failed=mail_failed
            ),
        )
